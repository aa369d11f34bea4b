import path from 'node:path';

import { checkText } from '../codec';
import { at, wrongValue, show } from '../errors';

/** Where named namespaces are kept, as iproute2 does. */
export const NAMESPACE_DIRECTORY = '/run/netns';

const LONGEST_NAME = 255;

/** Throws unless a value can name a namespace: a file name of at most 255 bytes. */
export function checkNamespaceName(name: unknown): asserts name is string {
  at('name', () => {
    const length = checkText(name, LONGEST_NAME);
    if (length === 0 || name === '.' || name === '..') throw wrongValue(`must be a file name, not ${show(name)}`);
    if ((name as string).includes('/')) throw wrongValue(`must not contain '/': ${show(name)}`);
  });
}

/** The file that keeps a named namespace. */
export function namespaceFile(name: string): string {
  return path.join(NAMESPACE_DIRECTORY, name);
}

/* eslint-disable @typescript-eslint/no-require-imports -- loaded when the kernel refused something */
import { whenNeeded } from '../when-needed';
import type * as Hints from './link-hints';

const loaded = whenNeeded({ hints: () => require('./link-hints') as typeof Hints });

/** What tells why the kernel refused a link; undefined where that cannot be loaded, since no descriptor is left. */
export function linkRefusals(): typeof Hints | undefined {
  try {
    return loaded.hints;
  } catch {
    return undefined;
  }
}

import { ERRNO } from '../errno';
import { show } from '../errors';
import { hintOfKind } from '../unknown-name';
import { kinds, linkKindOf } from './link-info';
import { linkKinds } from './link-kinds';
import type { Hint } from './netlink';

/**
 * The hint for a new link whose kind the kernel does not know: that this kernel lacks it, and which kind may be meant.
 * For a declared kind only if the kernel's message says so, since it refuses options that it lacks with the same error.
 */
export function unknownKind(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  if (errno !== ERRNO.EOPNOTSUPP) return undefined;
  const { kind } = options as { kind: string };
  const isUnknown =
    kernelMessage === undefined ? linkKindOf(kind) === undefined : /\bunknown device type\b/i.test(kernelMessage);
  if (isUnknown) return { property: 'kind', text: hintOfKind(kind, Object.keys(linkKinds), `rtnl-link-${kind}`) };
  const own = kernelMessage === undefined ? optionsOfKind(options) : [];
  return own.length === 0 ? undefined : lackingOption(own, 'this kernel may lack');
}

/**
 * The kernel passes options of a kind to a link only if the link is of that kind, and the kind can be changed. It
 * refuses options that it lacks with the same error.
 */
export function ofOtherKind(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const { kind } = options as { kind?: unknown };
  if (kind === undefined || errno !== ERRNO.EOPNOTSUPP) return undefined;
  if (kernelMessage !== undefined) {
    const isDeclared = kinds.typeOf(kind) !== undefined;
    return isDeclared ? undefined : { property: 'kind', text: 'leave it out to change what every link has' };
  }
  const own = optionsOfKind(options);
  if (own.length > 0) return lackingOption(own, `the link is not of kind ${show(kind)}, or this kernel lacks`);
  return { property: 'kind', text: 'the link is of another kind, or its kind takes no changes' };
}

/** The given properties that belong to a declared kind. */
function optionsOfKind(options: object): string[] {
  const names = kinds.typeOf((options as { kind?: unknown }).kind)?.names ?? [];
  // A peer is of the kinds that have one.
  return names.filter((name) => name !== 'peer' && (options as Readonly<Record<string, unknown>>)[name] !== undefined);
}

/** With several options the kernel does not say which one it refused. */
function lackingOption(own: readonly string[], what: string): Hint {
  return { text: own.length === 1 ? `${what} ${own[0]!}` : `${what} one of ${own.join(', ')}` };
}

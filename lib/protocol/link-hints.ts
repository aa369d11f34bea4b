import { ERRNO } from '../errno';
import { ofShortAddress } from './link-address';
import { linkKindOf, ofOtherKind, unknownKind } from './link-info';
import { ofOtherMaster, ofPortThatIsUp } from './link-masters';
import type { Hint, Request } from './netlink';

/** What is said where the kernel refuses a new link. */
export function hintOfNewLink(options: object): Request['hint'] {
  return (errno, said) =>
    unknownKind(options, errno, said) ?? ofPortThatIsUp(options, errno, said) ?? ofItsKind(options, errno, said);
}

/** What is said where the kernel refuses a change. */
export function hintOfChange(changes: object): Request['hint'] {
  return (errno, said) =>
    ofOtherMaster(changes)?.(errno, said) ??
    ofOtherKind(changes, errno, said) ??
    ofPortThatIsUp(changes, errno, said) ??
    ofShortAddress(changes, errno, said) ??
    ofItsKind(changes, errno, said) ??
    ofOnlyChange(changes, errno);
}

/** What the declaration of the kind says of it. */
function ofItsKind(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const { kind } = options as { kind?: unknown };
  return linkKindOf(kind)?.hint?.(options, errno, kernelMessage);
}

/** A value that is refused is that of the only property that is changed. What is inside an object only the kernel can point at. */
function ofOnlyChange(changes: object, errno: number): Hint | undefined {
  if (errno !== ERRNO.EINVAL && errno !== ERRNO.ERANGE) return undefined;
  const given = Object.entries(changes).filter(([name, value]) => name !== 'kind' && value !== undefined);
  const [only, other] = given;
  if (only === undefined || other !== undefined) return undefined;
  const [property, value] = only as [string, unknown];
  return typeof value === 'object' && value !== null ? undefined : { property };
}

import { ERRNO } from '../errno';
import { ofShortAddress } from './link-address';
import { linkKindOf, ofOtherKind, unknownKind } from './link-info';
import { ofOtherMaster, ofPortThatIsUp } from './link-masters';
import type { Hint, Request } from './netlink';

/** The hint for a new link that the kernel refused. */
export function hintOfNewLink(options: object): Request['hint'] {
  return (errno, said) =>
    unknownKind(options, errno, said) ?? ofPortThatIsUp(options, errno, said) ?? ofItsKind(options, errno, said);
}

/** The hint for a change that the kernel refused. */
export function hintOfChange(changes: object): Request['hint'] {
  return (errno, said) =>
    ofOtherMaster(changes)?.(errno, said) ??
    ofOtherKind(changes, errno, said) ??
    ofPortThatIsUp(changes, errno, said) ??
    ofShortAddress(changes, errno, said) ??
    ofItsKind(changes, errno, said) ??
    ofOnlyChange(changes, errno);
}

/** The hint in the declaration of the kind. */
function ofItsKind(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const { kind } = options as { kind?: unknown };
  return linkKindOf(kind)?.hint?.(options, errno, kernelMessage);
}

/** If a change has one property only, the refused value is that. Inside an object only the kernel can point at it. */
function ofOnlyChange(changes: object, errno: number): Hint | undefined {
  if (errno !== ERRNO.EINVAL && errno !== ERRNO.ERANGE) return undefined;
  const given = Object.entries(changes).filter(([name, value]) => name !== 'kind' && value !== undefined);
  const [only, other] = given;
  if (only === undefined || other !== undefined) return undefined;
  const [property, value] = only as [string, unknown];
  return typeof value === 'object' && value !== null ? undefined : { property };
}

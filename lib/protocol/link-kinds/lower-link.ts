import { ERRNO } from '../../errno';
import type { Hint } from '../netlink';

/**
 * The hint for kinds that take over what the link below receives, which only one user of that link can do: a bridge or
 * a bond whose port it is, or links of one such kind.
 */
export function ofTakenLink(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const { link } = options as { link?: unknown };
  if (link === undefined || errno !== ERRNO.EBUSY || kernelMessage !== undefined) return undefined;
  return { property: 'link', text: 'it is a port of a bridge or bond, or has links of another such kind' };
}

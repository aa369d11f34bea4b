import { ERRNO } from '../../errno';
import type { Hint } from '../netlink';

/**
 * Of kinds that take what the link below receives, which one alone can do: a bridge or a bond whose port it is, or links of one such kind.
 * What is said where something else has it.
 */
export function ofTakenLink(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const { link } = options as { link?: unknown };
  if (link === undefined || errno !== ERRNO.EBUSY || kernelMessage !== undefined) return undefined;
  return { property: 'link', text: 'it is a port of a bridge or bond, or has links of another such kind' };
}

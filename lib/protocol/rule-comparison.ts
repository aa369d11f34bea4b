import type { Masked, Values } from '../codec';

// How the kernel compares values with masks when it looks for the rule that a request deletes.

/** A value with its mask; undefined without one. */
function partsOf(value: unknown, all: number): Masked {
  if (value === undefined) return { value: 0, mask: 0 };
  return typeof value === 'number' ? { value, mask: all } : (value as Masked);
}

/** Whether a mark contains a wildcard: a value of 0, or a mask of 0. */
export function isOpenMark(mark: unknown): boolean {
  const { value, mask } = partsOf(mark, 0xffffffff);
  return value === 0 || mask === 0;
}

/** Value 0 is a wildcard, but its mask is compared; mask 0 is a wildcard as well. */
export function markFits(rule: Values, described: Values): boolean {
  if (described.mark === undefined) return true;
  const own = partsOf(rule.mark, 0xffffffff);
  const asked = partsOf(described.mark, 0xffffffff);
  return (asked.value === 0 || own.value === asked.value) && (asked.mask === 0 || own.mask === asked.mask);
}

/** A request without a mask matches those of any mask. */
export function dscpFits(rule: Values, described: Values): boolean {
  if (described.dscp === undefined) return true;
  if (rule.dscp === undefined) return false;
  const own = partsOf(rule.dscp, 0x3f);
  const asked = partsOf(described.dscp, 0x3f);
  return own.value === asked.value && (typeof described.dscp === 'number' || own.mask === asked.mask);
}

import { bitsIn, bitsOfStep } from '../selectors/changes';
import type { Step } from '../selectors/selector';
import type { ValueType } from '../values/value-type';
import { spaced } from './text';
import { formatFlags, formatNumber, formatValue } from './values';

/** A field with what is done to its value: `meta mark & 0x000000ff | 0x00000100`, `(ct mark & 0x000000ff) << 8`. nft shifts first, then does `&`, `^` and `|`. */
export function changedText(field: string, type: ValueType, steps: readonly Step[] = []): string {
  let text = field;
  let isOfBits = false;
  for (const step of steps) {
    const whole = isOfBits ? `(${text})` : text;
    if (step.mask === undefined) text = `${whole} ${step.to === 'left' ? '<<' : '>>'} ${String(step.shift)}`;
    else text = spaced(whole, ...bitsText(type, step));
    isOfBits = step.mask !== undefined;
  }
  return text;
}

function bitsText(type: ValueType, step: Extract<Step, { mask: Uint8Array }>): string[] {
  const { kept, set, turned } = bitsOfStep(step);
  return [
    kept ? `& ${textOfBits(type, kept)}` : '',
    turned ? `^ ${textOfBits(type, turned)}` : '',
    set ? `| ${textOfBits(type, set)}` : '',
  ];
}

/** Bits as nft reads them: a number, an address, flags in parentheses. */
export function textOfBits(type: ValueType, bytes: Uint8Array): string {
  const bits = bitsIn(type, bytes);
  if (typeof bits === 'number') return formatNumber(type, bits);
  if (type.isFlags !== true) return formatValue(type, bits);
  const text = formatFlags(type, bits, ' | ');
  return text.includes(' ') ? `(${text})` : text;
}

import { hostOrder } from './byte-order';
import type { HoldsMore, Source } from './type';

/** The number of an attribute, without the bits that say what is in it. */
export const TYPE_MASK = 0x3fff;
/** Bit of an attribute's type: it holds attributes. Kernels since 5.2 ask for it in newer attributes; all accept it. */
export const NLA_F_NESTED = 0x8000;

/** An attribute as it lies in a buffer: its number, and where its payload begins and ends. */
export interface AttributeSpan {
  number: number;
  start: number;
  end: number;
}

/** Iterates over consecutive attributes; ends at the first malformed one. */
export function attributesOf(source: Source, start: number, end: number): AttributeSpan[] {
  const spans: AttributeSpan[] = [];
  for (let at = start; at + 4 <= end;) {
    const length = source.view.getUint16(at, hostOrder);
    if (length < 4 || at + length > end) break;
    spans.push({ number: source.view.getUint16(at + 2, hostOrder) & TYPE_MASK, start: at + 4, end: at + length });
    at += (length + 3) & ~3;
  }
  return spans;
}

/** The first attribute with a number; later ones are not looked at. */
export function findAttribute(source: Source, start: number, end: number, number: number): AttributeSpan | undefined {
  for (let at = start; at + 4 <= end;) {
    const length = source.view.getUint16(at, hostOrder);
    if (length < 4 || at + length > end) return undefined;
    if ((source.view.getUint16(at + 2, hostOrder) & TYPE_MASK) === number) {
      return { number, start: at + 4, end: at + length };
    }
    at += (length + 3) & ~3;
  }
  return undefined;
}

/** Where the payload of the first attribute with a number begins, or -1; {@link payloadEnd} returns where it ends. */
export function payloadOf({ view }: Source, start: number, end: number, number: number): number {
  for (let at = start; at + 4 <= end;) {
    const length = view.getUint16(at, hostOrder);
    if (length < 4 || at + length > end) return -1;
    if ((view.getUint16(at + 2, hostOrder) & TYPE_MASK) === number) return at + 4;
    at += (length + 3) & ~3;
  }
  return -1;
}

/** The end of the attribute payload that begins at `start`. */
export function payloadEnd({ view }: Source, start: number): number {
  return start - 4 + view.getUint16(start - 4, hostOrder);
}

/**
 * Whether there is an attribute with another number than these, or one of them for which its own check returns true.
 */
export function holdsOthers(numbers: readonly number[], checks: Readonly<Record<number, HoldsMore>> = {}): HoldsMore {
  const known = new Array<HoldsMore | true | undefined>(Math.max(...numbers) + 1).fill(undefined);
  for (const number of numbers) known[number] = checks[number] ?? true;
  return (source, start, end) => {
    for (let at = start; at + 4 <= end;) {
      const length = source.view.getUint16(at, hostOrder);
      if (length < 4 || at + length > end) return false;
      const number = source.view.getUint16(at + 2, hostOrder) & TYPE_MASK;
      const check = number < known.length ? known[number] : undefined;
      if (check === undefined || (check !== true && check(source, at + 4, at + length, number))) return true;
      at += (length + 3) & ~3;
    }
    return false;
  };
}

/** The attribute in which a byte lies, header included. */
export function attributeAt(source: Source, start: number, end: number, offset: number): AttributeSpan | undefined {
  return attributesOf(source, start, end).find((span) => offset >= span.start - 4 && offset < span.end);
}

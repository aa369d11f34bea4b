import { hostOrder } from './byte-order';
import type { Source } from './type';

/** The number of an attribute, without the bits that say what is in it. */
export const TYPE_MASK = 0x3fff;

/** An attribute as it lies in a buffer: its number, and where its payload begins and ends. */
export interface AttributeSpan {
  number: number;
  start: number;
  end: number;
}

/** The attributes that lie one behind the other; ends at the first that is malformed. */
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

/** The first attribute of a number, without a look at those behind it. */
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

/** The attribute in which a byte lies, header included. */
export function attributeAt(source: Source, start: number, end: number, offset: number): AttributeSpan | undefined {
  return attributesOf(source, start, end).find((span) => offset >= span.start - 4 && offset < span.end);
}

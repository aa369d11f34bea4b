import { IGNORED, type Reader, type Readers } from '../attribute-readers';
import { attributesOf } from '../attribute-spans';
import { hostOrder } from '../byte-order';
import type { Source } from '../type';
import type { CopyRoom } from './copies';

/** A message that was decoded. */
interface Decoded {
  row: object;
  header: unknown;
  /** Of the header. */
  size: number;
  readers: Readers;
}

/** A property of an attribute. */
interface Property {
  name: string;
  decode: Reader['decode'];
  /** False if decoding yields undefined. */
  isThere: boolean;
}

/** An attribute of the message. Places count from its start. */
interface Part {
  number: number;
  start: number;
  end: number;
  /** Whether it is decoded for each row, because its value is an object that callers may change. */
  isFresh: boolean;
  properties: readonly Property[];
  holdsMore: Reader['holdsMore'];
}

/** A message and its row, from which the rows of similar messages are made. */
export interface Pattern {
  /** The row of a message; undefined if the message is too different. */
  read(source: Source, start: number, end: number): object | undefined;
}

/**
 * Takes a message as a pattern; undefined if it is not simple enough: it has unknown attributes, or several for one
 * property. Rows share values that are the same, unless callers could change them: then each row gets its own.
 */
export function patternOf(
  decoded: Decoded,
  source: Source,
  start: number,
  end: number,
  room: CopyRoom,
): Pattern | undefined {
  const parts = partsOf(decoded, source, start, end);
  if (parts === undefined) return undefined;
  const ofParts = new Set(parts.flatMap(({ properties }) => properties.map(({ name }) => name)));
  const others = Object.entries(decoded.row).filter(([name]) => !ofParts.has(name));
  if (others.some(([, value]) => canChange(value))) return undefined;

  const copy = room.copies(decoded.row);
  const { header, size } = decoded;
  const length = end - start;
  const words = Int32Array.from({ length: length / 4 }, (_, word) => source.view.getInt32(start + 4 * word, hostOrder));

  return {
    read(other, first, last) {
      const { view } = other;
      if (last - first !== length || !isSame(view, first, words, 0, size)) return undefined;
      for (const { start: at } of parts) if (!isSame(view, first, words, at - 4, at)) return undefined;
      const row = copy() as Record<string, unknown>;
      for (const part of parts) {
        if (!part.isFresh && isSame(view, first, words, part.start, part.end)) continue;
        const { properties, number, holdsMore } = part;
        if (holdsMore?.(other, first + part.start, first + part.end, number) === true) return undefined;
        for (const { name, decode, isThere } of properties) {
          const value = decode(other, first + part.start, first + part.end, number, undefined, header);
          if ((value !== undefined) !== isThere) return undefined;
          if (isThere) row[name] = value;
        }
      }
      return row;
    },
  };
}

/** Whether the words from one place of a message to another are those of the pattern. */
function isSame(view: DataView, first: number, words: Int32Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 4) if (view.getInt32(first + at, hostOrder) !== words[at >> 2]) return false;
  return true;
}

/** The attributes of a message, if they are aligned and fill it to its end; undefined if one of them is not known. */
function partsOf(
  { row, size, readers }: Decoded,
  source: Source,
  start: number,
  end: number,
): readonly Part[] | undefined {
  const values = row as Record<string, unknown>;
  const parts: Part[] = [];
  const names = new Set<string>();
  let behind = size;
  for (const span of attributesOf(source, start + size, end)) {
    const known = readers[span.number];
    if (known === undefined) return undefined;
    const holdsMore = known === IGNORED ? undefined : known.holdsMore;
    if (holdsMore?.(source, span.start, span.end, span.number) === true) return undefined;
    const properties: Property[] = [];
    for (let reader = known === IGNORED ? undefined : known; reader !== undefined; reader = reader.next) {
      const { name, decode, accumulates } = reader;
      if (accumulates || names.has(name)) return undefined;
      names.add(name);
      properties.push({ name, decode, isThere: values[name] !== undefined });
    }
    const isFresh = properties.some(({ name }) => canChange(values[name]));
    parts.push({
      number: span.number,
      start: span.start - start,
      end: span.end - start,
      isFresh,
      properties,
      holdsMore,
    });
    behind = (span.end - start + 3) & ~3;
  }
  return behind === end - start ? parts : undefined;
}

/** Whether callers could change a value, so that two rows must not share it. */
function canChange(value: unknown): boolean {
  return typeof value === 'object' && !Object.isFrozen(value);
}

import type { AttributeSet, Decoded, Encodable, Fields, Names } from './attributes';
import type { Members, StructInput, StructValues } from './struct';
import type { FixedType, Source } from './type';
import type { Writer } from './writer';

/** A message's payload: a struct, then attributes. */
export interface Headed<M extends Members, F extends Fields> {
  readonly header: FixedType<StructValues<M>, StructInput<M>>;
  readonly attributes: AttributeSet<F>;
  /** Properties named in `elsewhere` are passed over among the attributes. */
  encode(writer: Writer, header: StructInput<M>, values: Encodable<F>, elsewhere?: Names): void;
  /** The attributes as an object. */
  decode(source: Source, start: number, end: number): Decoded<F>;
  /** The header alone. */
  decodeHeader(source: Source, start: number, end: number): StructValues<M>;
  /** The property that holds the byte at `offset`. */
  locate(source: Source, start: number, end: number, offset: number): string | undefined;
}

/** Joins a header and the attributes behind it. */
export function headed<M extends Members, F extends Fields>(
  header: FixedType<StructValues<M>, StructInput<M>>,
  attributes: AttributeSet<F>,
): Headed<M, F> {
  return {
    header,
    attributes,
    encode(writer, headerValues, values, elsewhere) {
      header.encode(writer, headerValues);
      writer.align();
      attributes.encode(writer, values, elsewhere);
    },
    decode: (source, start, end) => attributes.decode(source, behind(start, header.size), end),
    decodeHeader: (source, start, end) => header.decode(source, start, end),
    locate(source, start, end, offset) {
      if (offset < start + header.size) return header.locate?.(source, start, end, offset);
      return attributes.locate?.(source, behind(start, header.size), end, offset);
    },
  };
}

function behind(start: number, size: number): number {
  return start + ((size + 3) & ~3);
}

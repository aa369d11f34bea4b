import type { AttributeSet, Decoded, DecodeOptions, Encodable, Fields } from './attributes';
import { Rows, type Row } from './fast/shape';
import type { Message, OptionsOf, RowOf } from './message';
import type { Members, StructInput } from './struct';
import type { Source } from './type';
import type { KindType } from './variants';

/** Attributes of a kind in which a property follows from several: `finish` computes it from the decoded attributes. */
export function finished<F extends Fields, Output extends object>(
  set: AttributeSet<F>,
  finish: (values: Decoded<F>) => Output,
): KindType<Output, Encodable<F>> & Pick<AttributeSet<F>, 'fields' | 'readers'> {
  let rows: Rows | undefined;

  function decode(source: Source, start: number, end: number, options?: DecodeOptions): Output {
    const row = (rows ??= new Rows()).take();
    set.decodeTo(row, source, start, end, options);
    return finish(row.toObject() as Decoded<F>);
  }

  return {
    fields: set.fields,
    names: set.names,
    get readers() {
      return set.readers;
    },
    encode(writer, values, elsewhere, only) {
      set.encode(writer, values, elsewhere, only);
    },
    decode,
    decodeTo(row, ...place) {
      setAll(row, decode(...place));
    },
    locate: (...place) => set.locate?.(...place),
  };
}

/** A struct followed by attributes; `defaults` are members of the struct that the options lack. */
export function headedKind<M extends Members, F extends Fields>(
  of: Message<M, F>,
  defaults: (values: Partial<OptionsOf<F>>) => StructInput<M>,
): KindType<RowOf<F>, Partial<OptionsOf<F>>> & Pick<Message<M, F>, 'fields' | 'header'> {
  return {
    header: of.header,
    fields: of.fields,
    names: Object.keys(of.fields),
    isAlwaysSent: true,
    encode(writer, values, elsewhere, only) {
      of.encode(writer, values, { header: defaults(values), elsewhere, only });
    },
    decode: (source, start, end) => of.decode(source, start, end),
    decodeTo(row, source, start, end, { unknown = 'unknownAttributes' } = {}) {
      const { unknownAttributes, ...values } = of.decode(source, start, end);
      setAll(row, values);
      if (unknownAttributes !== undefined) row.set(unknown, unknownAttributes);
    },
    locate: (...place) => of.locate(...place),
  };
}

function setAll(row: Row, values: object): void {
  for (const [name, value] of Object.entries(values)) if (value !== undefined) row.set(name, value);
}

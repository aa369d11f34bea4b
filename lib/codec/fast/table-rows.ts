import type { AttributeSet, Fields } from '../attributes';
import { hostOrder } from '../byte-order';
import type { FixedType, Type } from '../type';
import { copyRoom, type CopyRoom } from './copies';
import { patternOf, type Pattern } from './row-pattern';
import { Rows, type Row } from './shape';
import { shared } from './shared';

/** How the messages of a table become rows: the header gives the first properties, attributes add the others. */
export interface RowDeclaration<Header, F extends Fields> {
  header: Pick<FixedType<Header>, 'size' | 'decode'>;
  /** Adds the header's properties to a row. The header is shared and must not be changed. */
  begin: (row: Row, header: Header) => void;
  attributes: Pick<AttributeSet<F>, 'decodeTo' | 'readers'>;
}

/** Patterns that are remembered, by length and header. */
const PLACES = 64;
const SHIFT = 32 - Math.log2(PLACES);
/** Messages that are decoded normally before one is taken as a pattern; doubled after each pattern. */
const FIRST_WAIT = 2;
const LONGEST_WAIT = 4096;

interface RememberedKind {
  pattern: Pattern | undefined;
  wait: number;
  nextWait: number;
}

/** What the rows of a table are made with. */
interface Workshop<Header> {
  rows: Rows;
  room: CopyRoom;
  headerAt: Type<Header>['decode'];
  places: readonly RememberedKind[];
}

function newWorkshop<Header>(header: Pick<FixedType<Header>, 'size' | 'decode'>): Workshop<Header> {
  const places = Array.from({ length: PLACES }, (): RememberedKind => ({
    pattern: undefined,
    wait: FIRST_WAIT,
    nextWait: 2 * FIRST_WAIT,
  }));
  return { rows: new Rows(), room: copyRoom(), headerAt: shared(header), places };
}

/**
 * Decodes the rows of a table. A message with the header and attributes of an earlier one becomes a copy of that
 * message's row, in which only the differences are decoded: a route takes 0.2 us instead of 0.5, and less memory.
 */
export function rowDecoder<Header, Output extends object, F extends Fields>({
  header: { size, decode: decodeHeader },
  begin,
  attributes,
}: RowDeclaration<Header, F>): Type<Output>['decode'] {
  // Made when the first message is decoded: most declarations are of none that a program lists.
  let workshop: Workshop<Header> | undefined;

  return (source, start, end) => {
    const { view } = source;
    const { rows, room, headerAt, places } = (workshop ??= newWorkshop({ size, decode: decodeHeader }));
    let hash = end - start;
    const behind = Math.min(start + size, end - 3);
    for (let at = start; at < behind; at += 4) hash = Math.imul(hash ^ view.getInt32(at, hostOrder), 0x9e3779b1);
    const place = places[hash >>> SHIFT]!;
    const same = place.pattern?.read(source, start, end);
    if (same !== undefined) return same as Output;

    const header = headerAt(source, start, end);
    const row = rows.take();
    begin(row, header);
    attributes.decodeTo(row, source, start + size, end, { header });
    const values = row.toObject();
    if (--place.wait === 0) {
      place.pattern = patternOf({ row: values, header, size, readers: attributes.readers }, source, start, end, room);
      place.wait = place.nextWait;
      place.nextWait = Math.min(2 * place.nextWait, LONGEST_WAIT);
    }
    return values as Output;
  };
}

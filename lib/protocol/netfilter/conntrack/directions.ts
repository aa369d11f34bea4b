import {
  attributes,
  field,
  int32be,
  nested,
  uint32be,
  uint64be,
  type Decoded,
  type Encodable,
  type Field,
} from '../../../codec';
import { checkIsObject, within, wrongType } from '../../../errors';
import { unknownName } from '../../../unknown-name';
import { CTA } from './ctnetlink';

// What a connection has of each direction, in an attribute each.

/** Something of each direction. */
interface OfDirections<Value> {
  original?: Value | undefined;
  reply?: Value | undefined;
}

const directions = ['original', 'reply'] as const;

function ofDirections<Output, Input>(
  numbers: readonly [original: number, reply: number],
  one: (number: number) => Field<Output, Input>,
): Field<OfDirections<Output>, OfDirections<Input>> {
  const [original, reply] = [one(numbers[0]), one(numbers[1])];
  const fields = { original, reply };
  return {
    numbers,
    readOnly: false,
    accumulates: true,
    names: directions,
    encode(writer, values) {
      checkIsObject(values);
      for (const name in values) if (!(name in fields)) throw unknownName(name, directions);
      for (const name of directions) {
        const value = values[name];
        if (value === undefined) continue;
        try {
          fields[name].encode(writer, value);
        } catch (error) {
          throw within(name, error);
        }
      }
    },
    decode(source, start, end, number, previous) {
      const name = number === numbers[0] ? 'original' : 'reply';
      return {
        ...(previous as OfDirections<Output> | undefined),
        [name]: fields[name].decode(source, start, end, number),
      };
    },
  };
}

const CTA_COUNTERS = { PACKETS: 1, BYTES: 2, PAD: 5 } as const;
const CTA_SEQADJ = { CORRECTION_POS: 1, OFFSET_BEFORE: 2, OFFSET_AFTER: 3 } as const;

const counterFields = {
  /** Packets; exact below 2^53. CTA_COUNTERS_PACKETS. */
  packets: field(CTA_COUNTERS.PACKETS, uint64be),
  /** Their bytes, with the headers of IP; exact below 2^53. CTA_COUNTERS_BYTES. */
  bytes: field(CTA_COUNTERS.BYTES, uint64be),
} as const;

/** What was counted of one direction. */
export interface ConnectionCounter extends Decoded<typeof counterFields> {}

/** What was counted of both. */
export interface ConnectionCounters {
  /** Of packets from the side that began it. CTA_COUNTERS_ORIG. */
  original?: ConnectionCounter;
  /** Of the answers. CTA_COUNTERS_REPLY. */
  reply?: ConnectionCounter;
}

export const countersField = ofDirections<ConnectionCounter, never>([CTA.COUNTERS_ORIG, CTA.COUNTERS_REPLY], (number) =>
  nested(number, attributes(counterFields, [CTA_COUNTERS.PAD])),
) as Field<ConnectionCounters, never>;

const adjustmentFields = {
  /** The sequence number from which on `after` counts. CTA_SEQADJ_CORRECTION_POS. */
  position: field(CTA_SEQADJ.CORRECTION_POS, uint32be),
  /** What is added to sequence numbers before it. CTA_SEQADJ_OFFSET_BEFORE. */
  before: field(CTA_SEQADJ.OFFSET_BEFORE, int32be),
  /** What is added to those behind it. CTA_SEQADJ_OFFSET_AFTER. */
  after: field(CTA_SEQADJ.OFFSET_AFTER, int32be),
} as const;

/** How the sequence numbers of one direction are changed, after a helper changed the length of what is sent. */
export interface SequenceAdjustment extends Decoded<typeof adjustmentFields> {}

/** The same in a request: all three. */
export interface SequenceAdjustmentOptions extends Encodable<typeof adjustmentFields> {}

/** How sequence numbers are changed. */
export interface SequenceAdjustments {
  /** Of packets from the side that began it. CTA_SEQ_ADJ_ORIG. */
  original?: SequenceAdjustment;
  /** Of the answers. CTA_SEQ_ADJ_REPLY. */
  reply?: SequenceAdjustment;
}

/** The same in a request. */
export interface SequenceAdjustmentsOptions {
  /** Of packets from the side that began it. CTA_SEQ_ADJ_ORIG. */
  original?: SequenceAdjustmentOptions | undefined;
  /** Of the answers. CTA_SEQ_ADJ_REPLY. */
  reply?: SequenceAdjustmentOptions | undefined;
}

export const sequenceAdjustmentField = ofDirections<SequenceAdjustment, SequenceAdjustmentOptions>(
  [CTA.SEQ_ADJ_ORIG, CTA.SEQ_ADJ_REPLY],
  (number) => nested(number, wholly(attributes(adjustmentFields))),
) as Field<SequenceAdjustments, SequenceAdjustmentsOptions>;

/** Of which the kernel wants all. */
function wholly<Set extends { encode: (...given: never[]) => void; readonly names: readonly string[] }>(set: Set): Set {
  return {
    ...set,
    encode(writer: never, values: never) {
      checkIsObject(values);
      const missing = set.names.find((name) => (values as Record<string, unknown>)[name] === undefined);
      if (missing !== undefined) throw wrongType('must be a number, not undefined', missing);
      set.encode(writer, values);
    },
  };
}

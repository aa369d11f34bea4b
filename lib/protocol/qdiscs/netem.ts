import { isInt16Array } from 'node:util/types';

import {
  apartFrom,
  asObject,
  bigUint64,
  booleanOf,
  field,
  headedKind,
  inside,
  int32,
  int64,
  member,
  message,
  needing,
  optionalMember,
  struct,
  structFields,
  uint32,
  uint64,
  unless,
  withoutIdle,
  writeOnly,
  type Field,
  type FixedType,
  type RowOf,
  type StructInput,
  type StructValues,
} from '../../codec';
import { checkIsObject, outOfRange, show, wrongType } from '../../errors';
import { checkMilliseconds, LARGEST_RATE32, percent, percentLeft, rate32, rate64Of, ticks } from '../traffic-units';

/** Attributes behind the struct of a network emulator's TCA_OPTIONS. */
const TCA_NETEM = {
  CORR: 1,
  DELAY_DIST: 2,
  REORDER: 3,
  CORRUPT: 4,
  LOSS: 5,
  RATE: 6,
  ECN: 7,
  RATE64: 8,
  PAD: 9,
  LATENCY64: 10,
  JITTER64: 11,
  SLOT: 12,
  SLOT_DIST: 13,
  PRNG_SEED: 14,
} as const;

/** Attributes of TCA_NETEM_LOSS. */
const NETEM_LOSS = { GI: 1, GE: 2 } as const;

/** `struct tc_netem_qopt`. */
const netemQopt = struct({
  delay: ticks,
  limit: uint32,
  loss: percent,
  gap: uint32,
  duplicate: percent,
  jitter: ticks,
});

type Header = StructValues<typeof netemQopt.members>;

const NS_PER_MS = 1e6;
const NS_PER_TICK = 64;
const MOST_TICKS = 0xffffffff;
/** Nanoseconds that are exact in a number. */
const MOST_MS = Number.MAX_SAFE_INTEGER / NS_PER_MS;
/** The kernel cuts a jitter to so many nanoseconds, with a sign in 32 bits. */
const MOST_JITTER_MS = 0x7fffffff / NS_PER_MS;

/** Throws unless a value is a time of 0 ms, or one that is some nanoseconds. */
function nanosecondsOf(value: unknown, most: number): number {
  checkMilliseconds(value, most);
  const ns = Math.round(value * NS_PER_MS);
  if (ns === 0 && value > 0) throw outOfRange(`must be 0 milliseconds or at least 0.000001, not ${String(value)}`);
  return ns;
}

/** Milliseconds, in nanoseconds of 64 bits. */
function nanosecondsUpTo(most: number): FixedType<number> {
  return {
    size: 8,
    encode(writer, value) {
      int64.encode(writer, nanosecondsOf(value, most));
    },
    decode: (source, start, end) => int64.decode(source, start, end) / NS_PER_MS,
  };
}

const nanoseconds = nanosecondsUpTo(MOST_MS);
const jitterNanoseconds = nanosecondsUpTo(MOST_JITTER_MS);

/** Milliseconds, in ticks of the struct, and in an attribute as well what these cannot hold. */
function time(name: 'delay' | 'jitter', number: number, most: number): Field<number | undefined, number> {
  const offset = netemQopt.offsets[name];
  const exact = field(number, nanoseconds);
  return {
    numbers: [number],
    members: [name],
    readOnly: false,
    none: 0,
    begin: (header: Header) => (header[name] === 0 ? undefined : header[name]),
    encode(writer, value) {
      const ns = nanosecondsOf(value, most);
      const whole = Math.floor(ns / NS_PER_TICK);
      writer.overwrite(writer.header + offset, uint32, Math.min(whole, MOST_TICKS));
      if (whole * NS_PER_TICK !== ns || whole > MOST_TICKS) exact.encode(writer, value);
    },
    decode(source, start, end) {
      const value = nanoseconds.decode(source, start, end);
      return value === 0 ? undefined : value;
    },
  };
}

const correlations = structFields(
  TCA_NETEM.CORR,
  struct({ delayCorrelation: percent, lossCorrelation: percent, duplicateCorrelation: percent }),
  ['delayCorrelation', 'lossCorrelation', 'duplicateCorrelation'],
);
const reordering = structFields(TCA_NETEM.REORDER, struct({ reorder: percent, reorderCorrelation: percent }), [
  'reorder',
  'reorderCorrelation',
]);
const corruption = structFields(TCA_NETEM.CORRUPT, struct({ corrupt: percent, corruptCorrelation: percent }), [
  'corrupt',
  'corruptCorrelation',
]);
const rates = structFields(
  TCA_NETEM.RATE,
  struct({ rate: rate32, packetOverhead: int32, cellSize: uint32, cellOverhead: int32 }),
  ['rate', 'packetOverhead', 'cellSize', 'cellOverhead'],
);

const rate64 = field(TCA_NETEM.RATE64, rate64Of(uint64));

const rate: Field<number | undefined, number> = {
  ...rates.rate,
  none: 0,
  numbers: [TCA_NETEM.RATE, TCA_NETEM.RATE64],
  accumulates: true,
  encode(writer, value, values) {
    rates.rate.encode(writer, value, values);
    if (value > LARGEST_RATE32) rate64.encode(writer, value);
  },
  decode(source, start, end, number, previous) {
    // The whole comes before or behind what fits the struct.
    if (number === TCA_NETEM.RATE && previous !== undefined) return previous as number;
    const value = (number === TCA_NETEM.RATE64 ? rate64 : rates.rate).decode(source, start, end, number);
    return value === 0 ? undefined : value;
  },
};

const stateMembers = {
  /** From state 1, in which packets pass, to state 3, in which a burst of losses has begun. */
  p13: percent,
  /** From state 3 to state 1. */
  p31: percent,
  /** From state 3 to state 2, in which packets of the burst pass. */
  p32: percent,
  /** From state 1 to state 4, in which a single packet is lost. */
  p14: percent,
  /** From state 2 to state 3. */
  p23: percent,
} as const;

/** How likely the transitions of a model of four states are to be, in percent; 0 by default. */
export interface NetemLossStatesOptions extends StructInput<typeof stateMembers> {}

/** How likely the transitions of a model of four states are, in percent. */
export interface NetemLossStates extends StructValues<typeof stateMembers> {}

const gilbertElliotMembers = {
  /** From the good state to the bad one. */
  enterBad: percent,
  /** From the bad state to the good one. */
  leaveBad: percent,
  /** Packets that are lost in the bad state. */
  lossInBad: percentLeft,
  /** Packets that are lost in the good state. */
  lossInGood: percent,
} as const;

/** A model of a good and a bad state to be used, in percent. */
export interface NetemLossGilbertElliotOptions extends StructInput<typeof gilbertElliotMembers> {}

/** A model of a good and a bad state, in percent. */
export interface NetemLossGilbertElliot extends StructValues<typeof gilbertElliotMembers> {}

const slotMembers = {
  /** Milliseconds until the next slot, at least. */
  minimumDelay: nanoseconds,
  /** Milliseconds until the next slot, at most; `minimumDelay` by default. */
  maximumDelay: nanoseconds,
  /** Packets that one slot lets through, 0 for no limit. */
  packets: int32,
  /** Bytes that one slot lets through, 0 for no limit. */
  bytes: int32,
  /** With `slotDistribution`: milliseconds between slots in the mean. */
  distributionDelay: nanoseconds,
  /** With `slotDistribution`: milliseconds by which that varies, at most 2147. */
  distributionJitter: jitterNanoseconds,
} as const;

const slotStruct = asObject(struct(slotMembers));

const slot: FixedType<NetemSlot, NetemSlotOptions> = {
  ...slotStruct,
  encode(writer, value) {
    checkIsObject(value);
    const { minimumDelay, maximumDelay = minimumDelay, distributionJitter } = value;
    // Without these the kernel keeps no slots, whatever else is said.
    if (!minimumDelay && !maximumDelay && !distributionJitter) {
      throw wrongType('needs minimumDelay, maximumDelay or distributionJitter');
    }
    slotStruct.encode(writer, { ...value, maximumDelay });
    if ((maximumDelay ?? 0) < (minimumDelay ?? 0)) {
      throw outOfRange(`must be at least minimumDelay, not ${show(maximumDelay)}`, 'maximumDelay');
    }
  },
};

/** Slots of time in which packets are to pass; members are 0 by default. */
export interface NetemSlotOptions extends StructInput<typeof slotMembers> {}

/** Slots of time in which packets pass. */
export interface NetemSlot extends StructValues<typeof slotMembers> {}

/** The table of a distribution: samples, each how far it lies from the mean, in 8,192th parts of the jitter. */
export interface NetemDistribution extends Int16Array {}

/** What two of them can have together: all that an emulator has lies in one attribute, of no more than 64 KiB. */
const MOST_SAMPLES = 32_640;

function distribution(number: number, other?: string): Field<undefined, NetemDistribution> {
  return {
    numbers: [number],
    readOnly: false,
    encode(writer, value, values) {
      if (!isInt16Array(value)) throw wrongType(`must be an Int16Array, not ${show(value)}`);
      if (value.length === 0 || value.length > 16384) {
        throw outOfRange(`must have from 1 to 16384 samples, not ${String(value.length)}`);
      }
      const beside = other === undefined ? undefined : (values as Readonly<Record<string, unknown>>)[other];
      if (isInt16Array(beside) && beside.length + value.length > MOST_SAMPLES) {
        const samples = `${String(value.length)} beside ${String(beside.length)} of ${other!}`;
        throw outOfRange(`must have, together with those, at most ${String(MOST_SAMPLES)} samples, not ${samples}`);
      }
      const start = writer.beginAttribute(number);
      writer.append(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      writer.endAttribute(start);
    },
    decode: () => undefined,
  };
}

/** The delay that packets can overtake: without a delay none does. */
const late = ['delay', 'jitter', 'rate', 'slot'] as const;

/** Fields of a network emulator. Declared separately, so that types keep the descriptions. */
export const netemFields = {
  /** Packets that may wait; 1000 by default. */
  limit: member(netemQopt, 'limit'),
  /**
   * Milliseconds by which packets are delayed; 0 by default. TCA_NETEM_LATENCY64, since 4.15 with the precision of
   * nanoseconds.
   */
  delay: time('delay', TCA_NETEM.LATENCY64, MOST_MS),
  /** Milliseconds by which the delay varies, at most 2147; 0 by default. TCA_NETEM_JITTER64. */
  jitter: time('jitter', TCA_NETEM.JITTER64, MOST_JITTER_MS),
  /** How much a delay depends on the last one, in percent; 0 by default. TCA_NETEM_CORR. */
  delayCorrelation: needing(unless(0, correlations.delayCorrelation), 'jitter'),
  /**
   * The distribution of delays; uniform by default, or unchanged by `replace`. The kernel does not report it.
   * TCA_NETEM_DELAY_DIST.
   */
  delayDistribution: needing(writeOnly(distribution(TCA_NETEM.DELAY_DIST)), 'jitter'),
  /** Packets that are lost, in percent; 0 by default. */
  loss: apartFrom(optionalMember(netemQopt, 'loss'), 'lossStates', 'lossGilbertElliot'),
  /** How much a loss depends on the last one, in percent; 0 by default. TCA_NETEM_CORR. */
  lossCorrelation: needing(unless(0, correlations.lossCorrelation), 'loss'),
  /** Losses by a model of four states (1 and 4 lose nothing and single packets, 3 and 2 are the burst's), in percent. NETEM_LOSS_GI. */
  lossStates: apartFrom(
    inside(
      [TCA_NETEM.LOSS],
      field<NetemLossStates, NetemLossStatesOptions>(NETEM_LOSS.GI, asObject(struct(stateMembers))),
    ),
    'lossGilbertElliot',
  ),
  /** Losses by a model of a good and a bad state, in percent. By default losses are as `loss` says. NETEM_LOSS_GE. */
  lossGilbertElliot: inside(
    [TCA_NETEM.LOSS],
    field<NetemLossGilbertElliot, NetemLossGilbertElliotOptions>(NETEM_LOSS.GE, asObject(struct(gilbertElliotMembers))),
  ),
  /** Packets that are sent twice, in percent; 0 by default. */
  duplicate: optionalMember(netemQopt, 'duplicate'),
  /** How much a repetition depends on the last one, in percent; 0 by default. TCA_NETEM_CORR. */
  duplicateCorrelation: needing(unless(0, correlations.duplicateCorrelation), 'duplicate'),
  /** Packets that are not delayed, and so overtake others, in percent; 0 by default, but 100 with `gap`. TCA_NETEM_REORDER. */
  reorder: needing(unless(0, reordering.reorder), ...late),
  /** How much that depends on the last one, in percent; 0 by default. TCA_NETEM_REORDER. */
  reorderCorrelation: needing(unless(0, reordering.reorderCorrelation), 'reorder'),
  /** Each packet of so many may overtake others; 1 by default with `reorder`, else 0: none does. */
  gap: needing(optionalMember(netemQopt, 'gap'), ...late),
  /** Packets of which a bit is changed, in percent; 0 by default. TCA_NETEM_CORRUPT. */
  corrupt: unless(0, corruption.corrupt),
  /** How much that depends on the last one, in percent; 0 by default. TCA_NETEM_CORRUPT. */
  corruptCorrelation: needing(unless(0, corruption.corruptCorrelation), 'corrupt'),
  /** Bits a second at which packets are sent; without a limit by default. TCA_NETEM_RATE, TCA_NETEM_RATE64. */
  rate,
  /** Bytes added to each packet; may be negative; 0 by default. TCA_NETEM_RATE. */
  packetOverhead: needing(unless(0, rates.packetOverhead), 'rate'),
  /** Bytes of a cell, if packets are padded to whole cells; 0, the default, for no cells. TCA_NETEM_RATE. */
  cellSize: needing(unless(0, rates.cellSize), 'rate'),
  /** Bytes added to each cell; may be negative; 0 by default. TCA_NETEM_RATE. */
  cellOverhead: needing(unless(0, rates.cellOverhead), 'cellSize'),
  /** Marks packets (ECN) instead of losing them; false by default. TCA_NETEM_ECN. */
  ecn: needing(field(TCA_NETEM.ECN, booleanOf(uint32)), 'loss', 'lossStates', 'lossGilbertElliot'),
  /** Packets are let through in slots of time; at any time by default. TCA_NETEM_SLOT, since 4.16. */
  slot: field(TCA_NETEM.SLOT, slot),
  /**
   * The distribution of slots; uniform by default, or unchanged by `replace`. The kernel does not report it.
   * TCA_NETEM_SLOT_DIST, since 4.17.
   */
  slotDistribution: needing(writeOnly(distribution(TCA_NETEM.SLOT_DIST, 'delayDistribution')), 'slot'),
  /** Seed of the random numbers; a different one each time by default. TCA_NETEM_PRNG_SEED, since 6.5. */
  seed: field(TCA_NETEM.PRNG_SEED, bigUint64),
} as const;

const withoutWhatIsIdle = withoutIdle<RowOf<typeof netemFields>>(netemFields);

/** With a gap with which none overtakes: a request with a gap alone would have all overtake. */
function withGap(row: RowOf<typeof netemFields>): RowOf<typeof netemFields> {
  const rest = withoutWhatIsIdle(row);
  return rest.gap === undefined || rest.reorder !== undefined ? rest : { ...rest, reorder: 0 };
}

/** Network emulator: delays, loses, repeats and damages packets. Times are milliseconds, probabilities percent. */
export const netem = headedKind(
  message(netemQopt, netemFields, { ignored: [TCA_NETEM.PAD], finish: withGap }),
  ({ reorder, gap }) => ({
    limit: 1000,
    gap: typeof reorder === 'number' && reorder > 0 && gap === undefined ? 1 : undefined,
  }),
);

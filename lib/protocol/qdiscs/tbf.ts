import {
  attributes,
  checkInteger,
  constant,
  choiceOf,
  field,
  finished,
  pad,
  required,
  struct,
  structFields,
  u32,
  uint16,
  uint32,
  uint64,
  type Field,
  type StructInput,
} from '../../codec';
import { at, wrongType, wrongValue } from '../../errors';
import { bytesIn, checkMilliseconds, LARGEST_RATE32, rate32, rate64Of, ticksOf } from '../traffic-units';

/** Attributes of a token bucket's TCA_OPTIONS. */
const TCA_TBF = { PARMS: 1, RTAB: 2, PTAB: 3, RATE64: 4, PRATE64: 5, BURST: 6, PBURST: 7, PAD: 8 } as const;

/** What a packet takes on the wire (TC_LINKLAYER_*). */
const linkLayers = { ethernet: 1, atm: 2 } as const;

/** `struct tc_tbf_qopt`: two rates, each a `struct tc_ratespec`, of which the second has nothing of its own but the rate. */
const members = {
  padCellLog: pad(1),
  linkLayer: choiceOf(linkLayers),
  overhead: uint16,
  padCellAlign: pad(2),
  minimumPacketUnit: uint16,
  rate: rate32,
  padPeakCellLog: pad(1),
  peakLinkLayer: choiceOf(linkLayers),
  peakOverhead: uint16,
  padPeakCellAlign: pad(2),
  peakMinimumPacketUnit: uint16,
  peakRate: rate32,
  limit: uint32,
  /** Ticks in which it is sent at the rate. */
  burst: uint32,
  /** Ticks in which it is sent at the peak rate. */
  peakBurst: uint32,
} as const;

const rate64 = rate64Of(uint64);

interface Parameters extends StructInput<typeof members> {
  latency?: number | undefined;
}

/** What those are told that leave out what all others are worked out from. */
const wants = { rate: 'must be a number of bits a second', burst: 'must be a number of bytes' } as const;

const parameters = structFields(
  TCA_TBF.PARMS,
  struct(members),
  ['rate', 'burst', 'limit', 'peakRate', 'peakBurst', 'overhead', 'minimumPacketUnit', 'linkLayer'],
  (values) => completed(values),
);

/** Of a rate that does not fit the struct another attribute has the whole. */
function rateField(name: 'rate' | 'peakRate', number: number): Field<number> {
  const of = parameters[name];
  const whole = field(number, rate64);
  return {
    ...of,
    numbers: [...of.numbers, number],
    encode(writer, value, values) {
      of.encode(writer, value, values);
      if (value > LARGEST_RATE32) {
        at(name, () => {
          whole.encode(writer, value);
        });
      }
    },
    decode: (source, start, end, which) => (which === number ? rate64 : of).decode(source, start, end, which),
  };
}

/**
 * Bytes, which another attribute of requests has exactly; the kernel tells only the ticks. Decoded, bytes are negative, to tell
 * them from ticks.
 */
function burstField(name: 'burst' | 'peakBurst', number: number): Field<number> {
  const of = parameters[name];
  const exact = u32(number);
  return {
    ...of,
    numbers: [...of.numbers, number],
    accumulates: true,
    decode(source, start, end, which, previous) {
      if (which === number) return -exact.decode(source, start, end, which);
      return (previous as number | undefined) ?? of.decode(source, start, end, which);
    },
    encode(writer, value, values) {
      of.encode(writer, value, values);
      // The struct's fields name themselves, and only the first of them checks all.
      at(name, () => {
        exact.encode(writer, value);
      });
    },
  };
}

/** What a token bucket has. Declared apart, so that types show the descriptions. */
export const tbfFields = {
  /** Bits a second; 8 or more. TCA_TBF_PARMS, TCA_TBF_RATE64. */
  rate: constant(required(rateField('rate', TCA_TBF.RATE64), wants.rate)),
  /**
   * Bytes that may be sent at once: at least the largest packet with its link-layer header (1514 on Ethernet with an MTU of 1500), else
   * packets larger than this are all dropped; and at least what passes in a tick of the clock. TCA_TBF_BURST.
   */
  burst: constant(required(burstField('burst', TCA_TBF.BURST), wants.burst)),
  /** Bytes that may wait, those of the burst among them; or say `latency`. TCA_TBF_PARMS. */
  limit: constant(parameters.limit),
  /** Milliseconds that a packet may wait; or say `limit`. */
  latency: constant(latencyField()),
  /** Bits a second at which the burst is sent; without it as fast as the device can. TCA_TBF_PARMS, TCA_TBF_PRATE64. */
  peakRate: rateField('peakRate', TCA_TBF.PRATE64),
  /** Bytes that may be sent at once at the peak rate: at least the largest packet. TCA_TBF_PBURST. */
  peakBurst: burstField('peakBurst', TCA_TBF.PBURST),
  /** Bytes that each packet takes besides; 0 by default. */
  overhead: parameters.overhead,
  /** Bytes that the smallest packet takes; 0 by default. */
  minimumPacketUnit: parameters.minimumPacketUnit,
  /** What packets take on the wire; 'ethernet' by default. */
  linkLayer: parameters.linkLayer,
} as const;

/** Token bucket filter: sends at no more than a rate. */
export const tbf = finished(
  attributes(tbfFields, [TCA_TBF.RTAB, TCA_TBF.PTAB, TCA_TBF.PAD]),
  ({ rate, burst, limit, latency: _latency, peakRate = 0, peakBurst = 0, ...others }) => {
    const bytes = burstOf(burst, rate, others);
    const peakBytes = burstOf(peakBurst, peakRate, others);
    return {
      rate,
      burst: bytes,
      limit,
      latency: Math.max(waitOf(limit, bytes, rate), waitOf(limit, peakBytes, peakRate)),
      ...(peakRate > 0 && { peakRate, peakBurst: peakBytes }),
      ...others,
    };
  },
);

const ATM_CELL = { payload: 48, whole: 53 } as const;

/** The bytes of a burst that takes so many ticks: without what the link layer adds, with which the kernel counts. */
function burstOf(time: number, rate: number, { linkLayer, overhead = 0 }: Parameters): number {
  if (rate === 0) return 0;
  if (time < 0) return -time;
  const onWire = bytesIn(time, rate);
  const packet = linkLayer === 'atm' ? Math.ceil(onWire / ATM_CELL.whole) * ATM_CELL.payload : onWire;
  return Math.max(packet - overhead, 1);
}

/** Milliseconds that the last of `limit` bytes waits, in whole microseconds. */
function waitOf(limit: number, burst: number, rate: number): number {
  return rate === 0 ? 0 : Math.max(0, Math.round(((limit - burst) * 8e6) / rate) / 1000);
}

/** It stands in the struct as a limit. */
function latencyField(): Field<number> {
  return {
    numbers: [],
    readOnly: false,
    encode: () => undefined,
    decode() {
      throw new Error('a latency is made of other properties');
    },
  };
}

function completed({ rate, burst, peakRate, peakBurst, linkLayer = 'ethernet', ...others }: Parameters): Parameters {
  if (rate === undefined) throw wrongType(`${wants.rate}, not undefined`, 'rate');
  if (burst === undefined) throw wrongType(`${wants.burst}, not undefined`, 'burst');
  checkBytes('burst', burst);
  if ((peakRate === undefined) !== (peakBurst === undefined)) {
    throw wrongType(
      'must stand beside the other of peakRate and peakBurst',
      peakRate === undefined ? 'peakRate' : 'peakBurst',
    );
  }
  if (peakBurst !== undefined) checkBytes('peakBurst', peakBurst);
  const { limit, latency, ...rest } = others;
  if (limit !== undefined) checkBytes('limit', limit, 0);
  return {
    ...rest,
    linkLayer,
    rate,
    burst: ticksOf(burst, rate),
    limit: limitOf({ rate, burst, peakRate, peakBurst, limit, latency }),
    ...(peakRate !== undefined && {
      ...{ peakRate, peakBurst: ticksOf(peakBurst!, peakRate), peakLinkLayer: linkLayer },
      ...{ peakOverhead: rest.overhead, peakMinimumPacketUnit: rest.minimumPacketUnit },
    }),
  };
}

function checkBytes(name: string, value: unknown, least = 1): asserts value is number {
  at(name, () => {
    checkInteger(value, least, 0xffffffff, 'bytes');
  });
}

/** Bytes that may wait. */
function limitOf({ rate, burst, peakRate, peakBurst, limit, latency }: Parameters): number {
  if (latency === undefined) {
    if (limit === undefined) throw wrongType('must be a number of milliseconds, or limit one of bytes', 'latency');
    return limit;
  }
  at('latency', () => {
    checkMilliseconds(latency, 0xffffffff);
  });
  const slow = Math.floor((rate! * latency) / 8000) + burst!;
  const fast = peakRate === undefined ? slow : Math.floor((peakRate * latency) / 8000) + peakBurst!;
  const all = Math.min(slow, fast);
  if (all > 0xffffffff) throw wrongValue(`is too long at this rate: ${String(all)} bytes would wait`, 'latency');
  if (limit === undefined) return all;
  // What was listed has both, the latency in whole microseconds; a limit below the burst leaves nothing to wait.
  const inMicrosecond = Math.max(rate!, peakRate ?? 0) / 8e6;
  if (latency > 0 && Math.abs(all - limit) > TOLERANCE * limit + inMicrosecond) {
    throw wrongValue(`says another size than limit: ${String(all)} bytes. Leave one of them out`, 'latency');
  }
  return limit;
}

const TOLERANCE = 0.01;

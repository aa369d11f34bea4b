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
import { at, outOfRange, wrongType, wrongValue } from '../../errors';
import { bytesIn, checkMilliseconds, checkRate, LARGEST_RATE32, rate32, rate64Of, ticksOf } from '../traffic-units';

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

/** Errors for missing values from which all others are computed. */
const wants = { rate: 'must be a number of bits a second', burst: 'must be a number of bytes' } as const;

const parameters = structFields(
  TCA_TBF.PARMS,
  struct(members),
  ['rate', 'burst', 'limit', 'peakRate', 'peakBurst', 'overhead', 'minimumPacketUnit', 'linkLayer'],
  (values) => completed(values),
);

/** A rate that does not fit the struct is in another attribute. */
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
 * Bytes, which requests have exactly in another attribute; the kernel reports only ticks. Decoded, bytes are negative,
 * to distinguish them from ticks.
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
      // Fields of the struct add their own names to errors, and only the first of them checks all.
      at(name, () => {
        exact.encode(writer, value);
      });
    },
  };
}

/** Fields of a token bucket. Declared separately, so that types keep the descriptions. */
export const tbfFields = {
  /** Bits a second; 8 or more. TCA_TBF_PARMS, TCA_TBF_RATE64. */
  rate: constant(required(rateField('rate', TCA_TBF.RATE64), wants.rate)),
  /**
   * Bytes that may be sent at once: at least the largest packet with its link-layer header (1514 on Ethernet with an
   * MTU of 1500), since larger ones are dropped, and at most what passes in 274 seconds. The kernel reports only the
   * time, in ticks of 64 ns; listed is the largest value that it may be. TCA_TBF_BURST.
   */
  burst: constant(required(burstField('burst', TCA_TBF.BURST), wants.burst)),
  /** Bytes that may wait, including those of the burst. An alternative to `latency`. TCA_TBF_PARMS. */
  limit: constant(parameters.limit),
  /**
   * Milliseconds that a packet may wait. An alternative to `limit`; if both are given they have to agree. Listed in
   * whole microseconds.
   */
  latency: constant(latencyField()),
  /** Bits a second at which the burst is sent; without it as fast as the device can. TCA_TBF_PARMS, TCA_TBF_PRATE64. */
  peakRate: rateField('peakRate', TCA_TBF.PRATE64),
  /** Bytes that may be sent at once at the peak rate: at least the largest packet. Listed as `burst` is. TCA_TBF_PBURST. */
  peakBurst: burstField('peakBurst', TCA_TBF.PBURST),
  /** Bytes added to each packet; 0 by default. */
  overhead: parameters.overhead,
  /** Size of the smallest packet in bytes; 0 by default. */
  minimumPacketUnit: parameters.minimumPacketUnit,
  /** What packets take on the wire; 'ethernet' by default. */
  linkLayer: parameters.linkLayer,
} as const;

/** Token bucket filter: sends at no more than a rate. */
export const tbf = finished(attributes(tbfFields, [TCA_TBF.RTAB, TCA_TBF.PTAB, TCA_TBF.PAD]), (values) => {
  // Nothing is computed from values that the kernel did not send.
  const { rate, burst, limit, latency: _latency, peakRate, peakBurst, ...others }: Partial<typeof values> = values;
  const bytes = burstOf(burst, rate, others);
  const peak = peakRate === 0 ? {} : { peakRate, peakBurst: burstOf(peakBurst, peakRate, others) };
  const latency = waitOf({ rate, burst: bytes, limit, ...peak });
  const known = Object.entries({ rate, burst: bytes, limit, latency, ...peak }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...Object.fromEntries(known), ...others } as typeof values;
});

const MOST = 0xffffffff;
const ATM_CELL = { payload: 48, whole: 53 } as const;

/** What packets take on the wire. */
type Wire = Pick<Parameters, 'overhead' | 'minimumPacketUnit' | 'linkLayer'>;

/** The bytes of a burst that takes so many ticks: without what the link layer adds, with which the kernel counts. */
function burstOf(time: number | undefined, rate: number | undefined, wire: Wire): number | undefined {
  if (time === undefined || time < 0) return time && -time;
  if (rate === undefined || rate === 0) return rate;
  return largestPacket(mostOnWire(time, rate), wire);
}

function mostOnWire(time: number, rate: number): number {
  return Math.min(bytesIn(time, rate), MOST);
}

function isAtm({ linkLayer }: Wire): boolean {
  return linkLayer === 'atm' || (linkLayer as unknown) === linkLayers.atm;
}

function largestPacket(onWire: number, wire: Wire): number {
  const packet = isAtm(wire) ? Math.floor(onWire / ATM_CELL.whole) * ATM_CELL.payload : onWire;
  return Math.max(packet - (wire.overhead ?? 0), 1);
}

function onWireOf(packet: number, wire: Wire): number {
  const { overhead = 0, minimumPacketUnit = 0 } = wire;
  const bytes = Math.max(packet + overhead, minimumPacketUnit);
  return isAtm(wire) ? Math.ceil(bytes / ATM_CELL.payload) * ATM_CELL.whole : bytes;
}

/** Milliseconds that the last of `limit` bytes waits, in whole microseconds. */
function waitOf({ rate, burst, limit, peakRate = 0, peakBurst = 0 }: Parameters): number | undefined {
  if (rate === undefined || burst === undefined || limit === undefined) return undefined;
  const wait = (bytes: number, at: number) =>
    at === 0 ? 0 : Math.max(0, Math.round(((limit - bytes) * 8e6) / at) / 1000);
  return Math.max(wait(burst, rate), wait(peakBurst, peakRate));
}

/** In the struct it is a limit. */
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
  if ((peakRate === undefined) !== (peakBurst === undefined)) {
    throw wrongType(
      'must stand beside the other of peakRate and peakBurst',
      peakRate === undefined ? 'peakRate' : 'peakBurst',
    );
  }
  const { limit, latency, ...rest } = others;
  const wire = { ...rest, linkLayer };
  for (const name of ['overhead', 'minimumPacketUnit'] as const) {
    if (rest[name] !== undefined) checkBytes(name, rest[name], 0, 0xffff);
  }
  const time = timeOf('rate', rate, 'burst', burst, wire);
  const peakTime = peakRate === undefined ? undefined : timeOf('peakRate', peakRate, 'peakBurst', peakBurst!, wire);
  if (peakRate !== undefined && Math.round(peakRate / 8) <= Math.round(rate / 8)) {
    throw outOfRange(`must be above rate, not ${String(peakRate)}`, 'peakRate');
  }
  return {
    ...wire,
    rate,
    burst: time,
    limit: limitOf({ rate, burst, peakRate, peakBurst, limit, latency }),
    ...(peakRate !== undefined && {
      ...{ peakRate, peakBurst: peakTime, peakLinkLayer: linkLayer },
      ...{ peakOverhead: rest.overhead, peakMinimumPacketUnit: rest.minimumPacketUnit },
    }),
  };
}

/** The ticks of a burst. The kernel truncates those that do not fit 32 bits when it reports them. */
function timeOf(rateName: string, rate: number, name: string, burst: number, wire: Wire): number {
  at(rateName, () => {
    checkRate(rate);
  });
  checkBytes(name, burst, 1, MOST);
  const onWire = onWireOf(burst, wire);
  const most = mostOnWire(MOST, rate);
  if (onWire > most) {
    throw wrongValue(
      `must be at most ${String(largestPacket(most, wire))} bytes at this rate, not ${String(burst)}`,
      name,
    );
  }
  return ticksOf(onWire, rate);
}

function checkBytes(name: string, value: unknown, least: number, most: number): asserts value is number {
  at(name, () => {
    checkInteger(value, least, most, 'bytes');
  });
}

/** What the last byte of the largest limit waits at the lowest rate. */
const LONGEST_WAIT = MOST * 1000;

/** Bytes that may wait. */
function limitOf({ rate, burst, peakRate, peakBurst, limit, latency }: Parameters): number {
  if (limit !== undefined) checkBytes('limit', limit, 0, MOST);
  if (latency === undefined) {
    if (limit === undefined) throw wrongType('must be a number of milliseconds, or limit one of bytes', 'latency');
    return limit;
  }
  at('latency', () => {
    checkMilliseconds(latency, LONGEST_WAIT);
  });
  const slow = (rate! * latency) / 8000 + burst!;
  const fast = peakRate === undefined ? slow : (peakRate * latency) / 8000 + peakBurst!;
  const exact = Math.min(slow, fast);
  const all = Math.floor(exact);
  if (limit === undefined) {
    if (all > MOST) throw wrongValue(`is too long at this rate: ${String(all)} bytes would wait`, 'latency');
    return all;
  }
  // A listed row has both, the latency in whole microseconds; with a limit below the burst nothing can wait.
  const isSame = Math.abs(exact - limit) < 1 || latency === waitOf({ rate, burst, limit, peakRate, peakBurst });
  if (!isSame) throw wrongValue(`says another size than limit: ${String(all)} bytes. Leave one of them out`, 'latency');
  return limit;
}

import {
  appendIp,
  AF,
  attributes,
  checkInteger,
  choice,
  familyNames,
  inside,
  ipAddress,
  NLA_F_NESTED,
  parseIp,
  u16be,
  u8,
  type Field,
  type IpFamily,
  type UnknownAttribute,
  type Writer,
} from '../../../codec';
import { at, checkIsObject, show, wrongType, wrongValue } from '../../../errors';
import { unknownName } from '../../../unknown-name';
import {
  alwaysHasPorts,
  distinctionOf,
  ICMP,
  ICMPV6,
  protocolNumber,
  protocolWord,
  trackedProtocols,
  type ConnectionProtocol,
} from './protocols';

const CTA_TUPLE = { IP: 1, PROTO: 2, ZONE: 3 } as const;
const CTA_IP = { V4_SRC: 1, V4_DST: 2, V6_SRC: 3, V6_DST: 4 } as const;
const CTA_PROTO = {
  ...{ NUM: 1, SRC_PORT: 2, DST_PORT: 3 },
  ...{ ICMP_ID: 4, ICMP_TYPE: 5, ICMP_CODE: 6, ICMPV6_ID: 7, ICMPV6_TYPE: 8, ICMPV6_CODE: 9 },
} as const;

/** What the packets of one direction have in common. */
export interface ConnectionTuple {
  /** The address that they come from. CTA_IP_V4_SRC, CTA_IP_V6_SRC. */
  source: string;
  /** The address that they are for. CTA_IP_V4_DST, CTA_IP_V6_DST. */
  destination: string;
  /** The port that they come from, of TCP, UDP, SCTP, DCCP and UDP-Lite; of GRE the key. CTA_PROTO_SRC_PORT. */
  sourcePort?: number | undefined;
  /** The port that they are for; of GRE the key. CTA_PROTO_DST_PORT. */
  destinationPort?: number | undefined;
  /** The type of ICMP messages: 8 for a ping, of ICMPv6 128. CTA_PROTO_ICMP_TYPE, CTA_PROTO_ICMPV6_TYPE. */
  icmpType?: number | undefined;
  /** The code of ICMP messages. CTA_PROTO_ICMP_CODE, CTA_PROTO_ICMPV6_CODE. */
  icmpCode?: number | undefined;
  /** What ICMP messages and their answers share. CTA_PROTO_ICMP_ID, CTA_PROTO_ICMPV6_ID. */
  icmpId?: number | undefined;
  /** The zone of this direction alone. CTA_TUPLE_ZONE. */
  zone?: number | undefined;
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[] | undefined;
}

/** Which tuples are meant: those that have all of these. */
export interface ConnectionTupleFilter extends Omit<ConnectionTuple, 'source' | 'destination' | 'unknownAttributes'> {
  /** The address that they come from. */
  source?: string | undefined;
  /** The address that they are for. */
  destination?: string | undefined;
}

/** A tuple with its protocol. */
export interface ProtocolTuple extends ConnectionTuple {
  /** The protocol of its packets. CTA_PROTO_NUM. */
  protocol: ConnectionProtocol;
}

const inProto = <Value>(one: Field<Value>) => inside([CTA_TUPLE.PROTO], one);
/** ICMP and ICMPv6 have attributes of their own for the same. */
const ofEither = <Value>(ofIpv6: number, of: Field<Value>): Field<Value> => ({
  ...of,
  numbers: [...of.numbers, ofIpv6],
});

/** How tuples are read. */
const tuple = attributes({
  source: inside([CTA_TUPLE.IP], ipAddress(CTA_IP.V4_SRC, CTA_IP.V6_SRC)),
  destination: inside([CTA_TUPLE.IP], ipAddress(CTA_IP.V4_DST, CTA_IP.V6_DST)),
  sourcePort: inProto(u16be(CTA_PROTO.SRC_PORT)),
  destinationPort: inProto(u16be(CTA_PROTO.DST_PORT)),
  icmpType: inProto(ofEither(CTA_PROTO.ICMPV6_TYPE, u8(CTA_PROTO.ICMP_TYPE))),
  icmpCode: inProto(ofEither(CTA_PROTO.ICMPV6_CODE, u8(CTA_PROTO.ICMP_CODE))),
  icmpId: inProto(ofEither(CTA_PROTO.ICMPV6_ID, u16be(CTA_PROTO.ICMP_ID))),
  zone: u16be(CTA_TUPLE.ZONE),
});

const protocolInTuple = choice(CTA_PROTO.NUM, trackedProtocols);
const withProtocol = attributes({ protocol: inProto(protocolInTuple), ...tuple.fields });

const names = [...tuple.names];
const ports = ['sourcePort', 'destinationPort'] as const;
const icmp = ['icmpType', 'icmpCode', 'icmpId'] as const;
const sizes = { sourcePort: 2, destinationPort: 2, icmpType: 1, icmpCode: 1, icmpId: 2, zone: 2 } as const;
/** The numbers of a tuple. */
export type TupleNumber = keyof typeof sizes;

/** How a tuple is written. */
interface Writing {
  /** The number of its protocol; undefined where a filter says none. */
  readonly protocol: number | undefined;
  /** What it has to have: all that tells a connection, its addresses, or nothing. */
  readonly wants?: 'all' | 'addresses' | 'nothing';
  /** The family of its addresses; by default that of the header of the message that is being written. */
  readonly family?: IpFamily;
  /** Leaves out what the kernel cannot select by. */
  readonly without?: readonly TupleNumber[];
}

/** Throws unless a value is a tuple of a protocol. */
export function checkTuple(given: unknown, { protocol, wants = 'all' }: Writing): asserts given is ConnectionTuple {
  checkIsObject(given);
  const values = given as Record<string, unknown>;
  for (const name in values) {
    // Rows have them, filters do not.
    const isKnown = names.includes(name) || (name === 'unknownAttributes' && wants !== 'nothing');
    if (values[name] !== undefined && !isKnown) throw unknownName(name, names);
  }
  const distinction = protocol === undefined ? undefined : distinctionOf(protocol);
  const word = protocol === undefined ? '' : show(protocolWord(protocol));
  for (const name of distinction === 'ports' ? icmp : distinction === 'icmp' ? ports : []) {
    if (values[name] !== undefined) throw wrongValue(`is not for ${word}`, name);
  }
  if (distinction === 'nothing') {
    const wrong = [...ports, ...icmp].find((name) => values[name] !== undefined);
    if (wrong !== undefined) throw wrongValue(`is not for ${word}, which has no ports`, wrong);
  }
  for (const name of Object.keys(sizes) as TupleNumber[]) {
    if (values[name] === undefined) continue;
    at(name, () => {
      checkInteger(values[name], 0, 2 ** (8 * sizes[name]) - 1);
    });
  }
  if (values.zone === 0) throw wrongValue('must be from 1 on: leave it out for zone 0', 'zone');
  for (const name of ['source', 'destination'] as const) {
    if (values[name] !== undefined) at(name, () => parseIp(values[name]));
    else if (wants !== 'nothing') throw wrongType('must be an IP address, not undefined', name);
  }
  if (wants !== 'all' || protocol === undefined) return;
  const needed = distinction === 'icmp' ? icmp : alwaysHasPorts(protocol) ? ports : [];
  const missing = needed.find((name) => values[name] === undefined);
  if (missing !== undefined) throw wrongType(`must be a number: connections of ${word} have one`, missing);
}

/** Writes a tuple as an attribute. */
export function appendTuple(writer: Writer, number: number, given: unknown, writing: Writing): void {
  checkTuple(given, writing);
  const { protocol, without = [], family = familyInHeader(writer) } = writing;
  const start = begin(writer, number);
  const ofAddresses = begin(writer, CTA_TUPLE.IP);
  const { source, destination } = given;
  // A filter may have neither.
  if (source !== undefined) appendAddress(writer, family, 'source', source, CTA_IP.V4_SRC, CTA_IP.V6_SRC);
  if (destination !== undefined)
    appendAddress(writer, family, 'destination', destination, CTA_IP.V4_DST, CTA_IP.V6_DST);
  writer.endAttribute(ofAddresses);
  if (protocol !== undefined) {
    const ofProtocol = begin(writer, CTA_TUPLE.PROTO);
    appendNumber(writer, CTA_PROTO.NUM, 1, protocol);
    const numbers = protocol === ICMPV6 ? numbersOfIpv6 : numbersOfProto;
    for (const name of [...ports, ...icmp]) {
      const value = without.includes(name) ? undefined : given[name];
      if (value !== undefined) appendNumber(writer, numbers[name], sizes[name], value);
    }
    writer.endAttribute(ofProtocol);
  }
  if (given.zone !== undefined && !without.includes('zone')) appendNumber(writer, CTA_TUPLE.ZONE, 2, given.zone);
  writer.endAttribute(start);
}

const numbersOfProto = {
  ...{ sourcePort: CTA_PROTO.SRC_PORT, destinationPort: CTA_PROTO.DST_PORT },
  ...{ icmpType: CTA_PROTO.ICMP_TYPE, icmpCode: CTA_PROTO.ICMP_CODE, icmpId: CTA_PROTO.ICMP_ID },
};
const numbersOfIpv6 = {
  ...numbersOfProto,
  ...{ icmpType: CTA_PROTO.ICMPV6_TYPE, icmpCode: CTA_PROTO.ICMPV6_CODE, icmpId: CTA_PROTO.ICMPV6_ID },
};

function begin(writer: Writer, number: number): number {
  return writer.beginAttribute(number | NLA_F_NESTED);
}

function appendNumber(writer: Writer, number: number, size: 1 | 2, value: number): void {
  const start = writer.beginAttribute(number);
  const place = writer.reserve(size);
  if (size === 1) writer.view.setUint8(place, value);
  else writer.view.setUint16(place, value, false);
  writer.endAttribute(start);
}

function familyInHeader({ bytes, header }: Writer): IpFamily {
  return bytes[header] === AF.inet6 ? 'inet6' : 'inet';
}

/** Writes an address, which has to be of a family. */
export function appendAddress(
  writer: Writer,
  family: IpFamily,
  name: 'source' | 'destination',
  value: string,
  number: number,
  ofIpv6: number,
): void {
  at(name, () => {
    const isIpv6 = family === 'inet6';
    const start = writer.beginAttribute(isIpv6 ? ofIpv6 : number);
    const size = appendIp(writer, value);
    if (size !== (isIpv6 ? 16 : 4)) {
      throw wrongValue(`must be an ${familyNames[family]} address, as the connection is of that, not ${show(value)}`);
    }
    writer.endAttribute(start);
  });
}

/** The field of a tuple, whose protocol is the property `protocol` beside it. */
export function tupleField(number: number): Field<ConnectionTuple> {
  return {
    numbers: [number],
    readOnly: false,
    isPart: true,
    encode(writer, value, values) {
      appendTuple(writer, number, value, { protocol: protocolBeside(values) });
    },
    decode: tuple.decode as Field<ConnectionTuple>['decode'],
    locate: tuple.locate!.bind(tuple),
    names,
  };
}

/** The field of a tuple that says its protocol itself: another connection's. */
export function protocolTupleField(number: number): Field<ProtocolTuple> {
  return {
    numbers: [number],
    readOnly: false,
    encode(writer, value: ProtocolTuple) {
      checkIsObject(value);
      const { protocol, ...rest } = value;
      if ((protocol as unknown) === undefined)
        throw wrongType("must be a protocol such as 'tcp', not undefined", 'protocol');
      appendTuple(writer, number, rest, { protocol: at('protocol', () => protocolNumber(protocol)) });
    },
    decode: withProtocol.decode as Field<ProtocolTuple>['decode'],
    locate: withProtocol.locate!.bind(withProtocol),
    names: [...names, 'protocol'],
  };
}

/** The field of the protocol of a message's tuples, which write it themselves. */
export function protocolOfTuples(number: number): Field<ConnectionProtocol> {
  const { decode } = inside([number, CTA_TUPLE.PROTO], protocolInTuple);
  return {
    numbers: [number],
    readOnly: false,
    isPart: true,
    encode(_writer, value) {
      protocolNumber(value);
    },
    decode: decode as Field<ConnectionProtocol>['decode'],
  };
}

function protocolBeside(values: object | undefined): number {
  const { protocol } = values as { protocol?: unknown };
  if (protocol === undefined) throw wrongType("needs protocol, such as 'tcp'");
  // What is wrong with it is told at its own place.
  try {
    return protocolNumber(protocol);
  } catch {
    return 0;
  }
}

const answers: Readonly<Record<number, ReadonlyMap<number, number>>> = {
  [ICMP]: pairs([8, 0], [13, 14], [15, 16], [17, 18]),
  [ICMPV6]: pairs([128, 129], [139, 140]),
};

function pairs(...list: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(list.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]));
}

/** The tuple of the answers to packets of another, where no address is translated; zones are of one direction each. */
export function answerTo(original: ConnectionTuple, protocol: number): ConnectionTuple {
  const { source, destination, sourcePort, destinationPort, icmpType, icmpCode, icmpId } = original;
  const swapped = { source: destination, destination: source };
  if (distinctionOf(protocol) === 'nothing') return swapped;
  if (distinctionOf(protocol) === 'ports')
    return { ...swapped, sourcePort: destinationPort, destinationPort: sourcePort };
  const answer = answers[protocol]!.get(icmpType!);
  if (answer === undefined) throw wrongValue(`is no question that is answered: ${String(icmpType)}`, 'icmpType');
  return { ...swapped, icmpType: answer, icmpCode, icmpId };
}

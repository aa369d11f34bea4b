import { at, checkIsObject, isArray, isObject, show, wrongType, wrongValue } from '../../../../errors';
import type { Expression } from '../expressions';
import type { Need } from '../selectors/selector';
import { endsOf, formatRange, rangeOf, rangesOf, togetherOf } from '../values/composed-types';
import { types } from '../values/types';
import type { ValueType } from '../values/value-type';
import { isOfRanges } from './comparison';
import { checkNames, wordsOf, type Read, type StatementKinds, type Write } from './kind';
import type { RuleReader } from './rule-reader';
import { FIRST_SHORT, immediate, REGISTER, shortOf, type RuleWriter } from './rule-writer';
import { readSource, writeSource } from './source';

/** What callers choose of NF_NAT_RANGE_*; 'netmap' keeps the bits of the address that are behind the prefix. */
const natFlags = ['random', 'fullyRandom', 'persistent', 'netmap'] as const;
type NatFlag = (typeof natFlags)[number];

function flagsOf(flags: unknown): (NatFlag | 'prefix')[] {
  if (flags === undefined) return [];
  if (!isArray(flags)) throw wrongType(`must be an array, not ${show(flags)}`, 'flags');
  return flags.map((flag) => {
    if (!natFlags.includes(flag as NatFlag))
      throw wrongValue(`must be of ${natFlags.join(', ')}, not ${show(flag)}`, 'flags');
    return flag === 'netmap' ? 'prefix' : (flag as NatFlag);
  });
}

interface Ends {
  from?: number;
  to?: number;
}

/** Puts a value, or the ends of a range, into registers from one on. */
function writeEnds(
  writer: RuleWriter,
  type: ValueType,
  given: unknown,
  register: number,
  isOfRanges = givesRanges(given),
): Ends {
  if (isOfRanges) {
    writeSource(writer, rangeOf(type), given, register);
    return { from: register, to: shortOfData(register, type) };
  }
  if (isRange(type, given)) {
    const { first, last } = endsOf(type, given);
    writer.add(immediate(register, first));
    writer.add(immediate(register + 1, last));
    return { from: register, to: register + 1 };
  }
  writeSource(writer, type, given, register);
  return { from: register };
}

function isRange(type: ValueType, given: unknown): boolean {
  if (isObject(given) && !isArray(given)) return 'from' in given;
  return type.hasPrefixes === true && typeof given === 'string' && given.includes('/');
}

/** Whether a map gives ranges or prefixes: one with a name if that is said. Throws where it is said of anything else. */
function givesRanges(given: unknown, interval?: unknown): boolean {
  const map: unknown = isObject(given) && !isArray(given) && 'map' in given ? given.map : undefined;
  const { set, elements } = (map ?? {}) as { set?: unknown; elements?: unknown };
  if (set !== undefined) return isOfRanges({ interval });
  if (interval !== undefined)
    throw wrongValue('has no meaning without a map that has a name: all else tells whether it is a range', 'interval');
  return (
    isArray(elements) &&
    elements.some((element) => {
      const { data } = (element ?? {}) as { data?: unknown };
      return (isArray(data) ? data : [data]).some(
        (one) => (isObject(one) && !isArray(one)) || (typeof one === 'string' && one.includes('/')),
      );
    })
  );
}

/** The register of the value behind the first one, in what a map gives. */
function shortOfData(register: number, { size }: ValueType): number {
  return FIRST_SHORT + (register - REGISTER) * 4 + Math.ceil(size / 4);
}

function writePorts(kind: 'masq' | 'redir'): Write {
  return (writer, value) => {
    checkIsObject(value);
    checkNames(value, ['port', 'flags']);
    const { port, flags } = value as Record<string, unknown>;
    const { from, to } = port === undefined ? {} : portOf(writer, port, REGISTER);
    writer.add({ kind, ...asPorts({ from, to }), ...withFlags(port, flagsOf(flags)) } as Expression);
  };
}

function portOf(writer: RuleWriter, port: unknown, register: number): Ends {
  return at('port', () => writeEnds(writer, types.inet_service, port, register));
}

function asPorts({ from, to }: Ends) {
  return { ...(from !== undefined && { portFrom: from }), ...(to !== undefined && { portTo: to }) };
}

function withFlags(port: unknown, flags: readonly string[]) {
  const all = [...(port === undefined ? [] : ['protoSpecified']), ...flags];
  return all.length > 0 && { flags: all };
}

function writeNat(type: 'snat' | 'dnat'): Write {
  return (writer, value) => {
    checkIsObject(value);
    checkNames(value, ['family', 'address', 'port', 'addressAndPort', 'interval', 'flags']);
    const {
      address,
      port,
      addressAndPort,
      interval,
      flags,
      family = familyIn(writer),
    } = value as Record<string, unknown>;
    if (family !== undefined && family !== 'ip' && family !== 'ip6')
      throw wrongValue(`must be 'ip' or 'ip6', not ${show(family)}`, 'family');
    if (address === undefined && port === undefined && addressAndPort === undefined)
      throw wrongType('must be given, or a port', 'address');
    if (family === undefined && (address !== undefined || addressAndPort !== undefined))
      throw wrongType("must be 'ip' or 'ip6' in a table of both", 'family');
    const addressType = family === 'ip6' ? types.ipv6_addr : types.ipv4_addr;
    const nat = { kind: 'nat', type, family: family ?? 'inet' };
    const isSpread = givesRanges(addressAndPort ?? address, interval);
    if (addressAndPort !== undefined) {
      if (address !== undefined || port !== undefined)
        throw wrongValue("cannot stand beside 'address' or 'port'", 'addressAndPort');
      at('addressAndPort', () => {
        if (!isObject(addressAndPort) || !('map' in addressAndPort))
          throw wrongType(`must be a map: { map: { key, set } }, not ${show(addressAndPort)}`);
        const both = bothOf(addressType);
        writeSource(writer, isSpread ? rangesOf(both) : togetherOf(both), addressAndPort);
      });
      writer.add({
        ...nat,
        ...registersOfBoth(addressType, isSpread),
        ...withFlags(undefined, flagsOf(flags)),
      } as Expression);
      return;
    }
    const ends =
      address === undefined ? {} : at('address', () => writeEnds(writer, addressType, address, REGISTER, isSpread));
    const next = REGISTER + (ends.from === undefined ? 0 : ends.to === undefined ? 1 : 2);
    const ports = port === undefined ? {} : portOf(writer, port, next);
    writer.add({
      ...nat,
      ...(ends.from !== undefined && { addressFrom: ends.from }),
      ...(ends.to !== undefined && { addressTo: ends.to }),
      ...asPorts(ports),
      ...withFlags(port, flagsOf(flags)),
    } as Expression);
  };
}

function familyIn({ family }: RuleWriter): unknown {
  return family === 'ip' || family === 'ip6' ? family : undefined;
}

interface Chosen {
  readonly value: unknown;
  /** Whether it is a map with a name that gives ranges. */
  readonly interval?: boolean;
  readonly needs: readonly Need[];
}

/** What stands in registers: one value, or from one to another; undefined if there are no words for it. */
function chosen(reader: RuleReader, type: ValueType, from: number, to: number | undefined): Chosen | undefined {
  if (to === undefined || to === from) return readSource(reader, from, type);
  const first = reader.peekOperand(from);
  if (first?.map !== undefined) {
    return shortOf(to) === shortOfData(REGISTER, type) ? readRanges(reader, from, rangeOf(type)) : undefined;
  }
  const [low, high] = [reader.operand(from)?.bytes, reader.operand(to)?.bytes];
  if (low?.length !== type.size || high?.length !== type.size) return undefined;
  return { value: formatRange(type, low, high), needs: [] };
}

/** Ranges that a map gives. One with a name does not tell that it does, and a rule has to say it. */
function readRanges(reader: RuleReader, register: number, type: ValueType): Chosen | undefined {
  const found = readSource(reader, register, type);
  const { map } = (found?.value ?? {}) as { map?: object };
  return found && map && { ...found, interval: 'set' in map };
}

/** A port; there are no words for a map with a name that gives several. */
function chosenPort(reader: RuleReader, from: number, to: number | undefined): Chosen | undefined {
  const port = chosen(reader, types.inet_service, from, to);
  return port?.interval === true ? undefined : port;
}

interface Ports {
  flags?: readonly (string | number)[] | undefined;
  portFrom?: number | undefined;
  portTo?: number | undefined;
}

/** Flags in words; undefined if there are no words for them. */
function flagsIn(flags: readonly (string | number)[] = []): { flags?: string[] } | undefined {
  const others = flags
    .filter((flag) => flag !== 'protoSpecified' && flag !== 'mapIps')
    .map((flag) => (flag === 'prefix' ? 'netmap' : String(flag)));
  if (!others.every((flag) => natFlags.includes(flag as NatFlag))) return undefined;
  return others.length > 0 ? { flags: others } : {};
}

const readPorts =
  (word: 'masquerade' | 'redirect'): Read<'masq' | 'redir'> =>
  (reader, { flags, portFrom, portTo }: Ports) => {
    const ofFlags = flagsIn(flags);
    const port = portFrom === undefined ? undefined : chosenPort(reader, portFrom, portTo);
    if (ofFlags === undefined || (portFrom !== undefined && port === undefined)) return false;
    const found = { ...(port !== undefined && { port: port.value }), ...ofFlags };
    reader.add(Object.keys(found).length === 0 ? word : { [word]: found }, port?.needs);
    return true;
  };

const readNat: Read<'nat'> = (reader, { type, family, addressFrom, addressTo, portFrom, portTo, flags }) => {
  const ofFlags = flagsIn(flags);
  if (ofFlags === undefined || typeof type !== 'string') return false;
  const addressType = family === 'ip6' ? types.ipv6_addr : types.ipv4_addr;
  const isSaid = family !== 'inet' && family !== reader.family && { family };
  if (
    addressFrom !== undefined &&
    reader.peekOperand(addressFrom)?.map !== undefined &&
    isBehind(addressType, portFrom)
  ) {
    const both = readBoth(reader, addressType, { addressFrom, addressTo, portFrom, portTo });
    if (both === undefined) return false;
    reader.add({ [type]: { ...isSaid, addressAndPort: both.value, ...spreadIn(both), ...ofFlags } }, both.needs);
    return true;
  }
  const address = addressFrom === undefined ? undefined : chosen(reader, addressType, addressFrom, addressTo);
  const port = portFrom === undefined ? undefined : chosenPort(reader, portFrom, portTo);
  if ((addressFrom !== undefined && address === undefined) || (portFrom !== undefined && port === undefined))
    return false;
  const found = { ...(address && { address: address.value }), ...(port && { port: port.value }) };
  const needs = [...(address?.needs ?? []), ...(port?.needs ?? [])];
  reader.add({ [type]: { ...isSaid, ...found, ...spreadIn(address), ...ofFlags } }, needs);
  return true;
};

function spreadIn(address: Chosen | undefined) {
  return address?.interval === true && { interval: true };
}

/** Whether a port lies behind an address, in what a map gives. */
function isBehind(type: ValueType, port: number | undefined): boolean {
  return port !== undefined && shortOf(port) === shortOfData(REGISTER, type);
}

/** The registers of an address and a port that one map gives, and of the last ones where it gives ranges. */
function registersOfBoth(addressType: ValueType, isSpread: boolean) {
  const [portFrom, behind] = [
    shortOfData(REGISTER, addressType),
    shortOfData(REGISTER, togetherOf(bothOf(addressType))),
  ];
  const ends = { addressTo: behind, portTo: behind + portFrom - FIRST_SHORT };
  return { addressFrom: REGISTER, portFrom, ...(isSpread && ends) };
}

const bothOf = (addressType: ValueType) => [addressType, types.inet_service];

/** An address and a port that one map gives. */
function readBoth(
  reader: RuleReader,
  addressType: ValueType,
  given: {
    addressFrom: number;
    addressTo?: number | undefined;
    portFrom?: number | undefined;
    portTo?: number | undefined;
  },
): Chosen | undefined {
  const { addressFrom, addressTo = addressFrom, portFrom, portTo = portFrom } = given;
  if (addressTo === addressFrom && portTo === portFrom)
    return readSource(reader, addressFrom, togetherOf(bothOf(addressType)));
  const wanted = registersOfBoth(addressType, true);
  if (shortOf(addressTo) !== wanted.addressTo || portTo === undefined || shortOf(portTo) !== wanted.portTo)
    return undefined;
  return readRanges(reader, addressFrom, rangesOf(bothOf(addressType)));
}

/** Addresses and ports that packets get. */
export const nat = {
  write: {
    snat: writeNat('snat'),
    dnat: writeNat('dnat'),
    masquerade: writePorts('masq'),
    redirect: writePorts('redir'),
  },
  writeWord: wordsOf({ masquerade: { kind: 'masq' }, redirect: { kind: 'redir' } }),
  read: { nat: readNat, masq: readPorts('masquerade'), redir: readPorts('redirect') },
} satisfies StatementKinds;

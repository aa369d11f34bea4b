import { at, checkObject, isArray, isObject, show, wrongType, wrongValue } from '../../../../errors';
import type { Expression } from '../expressions';
import { types } from '../values/types';
import { checkNames, type Read, type StatementKinds, type Write } from './kind';
import type { RuleReader } from './rule-reader';
import { immediate, REGISTER, type RuleWriter } from './rule-writer';

const natFlags = ['random', 'fullyRandom', 'persistent'] as const;

/** Ports and flags as the kernel has them. Ports are put into registers from `register` on. */
function portsOf(writer: RuleWriter, { port, flags = [] }: { port?: unknown; flags?: unknown }, register: number) {
  const registers: { portFrom?: number; portTo?: number } = {};
  if (port !== undefined) {
    const { from, to } = isObject(port) ? (port as { from: unknown; to?: unknown }) : { from: port };
    const parse = (value: unknown, place: string) => at(place, () => types.inet_service.parse(value));
    writer.add(immediate(register, parse(from, isObject(port) ? 'port.from' : 'port')));
    registers.portFrom = register;
    if (to !== undefined) {
      writer.add(immediate(register + 1, parse(to, 'port.to')));
      registers.portTo = register + 1;
    }
  }
  if (!isArray(flags)) throw wrongType(`must be an array, not ${show(flags)}`, 'flags');
  for (const flag of flags) {
    if (!natFlags.includes(flag as 'random'))
      throw wrongValue(`must be of ${natFlags.join(', ')}, not ${show(flag)}`, 'flags');
  }
  const all = [...(port === undefined ? [] : ['protoSpecified']), ...flags];
  return { ...registers, ...(all.length > 0 && { flags: all }) };
}

function writePorts(kind: 'masq' | 'redir'): Write {
  return (writer, value) => {
    checkObject(kind, value);
    checkNames(value, ['port', 'flags']);
    writer.add({ kind, ...portsOf(writer, value, REGISTER) } as Expression);
  };
}

function writeNat(type: 'snat' | 'dnat'): Write {
  return (writer, value) => {
    checkObject(type, value);
    checkNames(value, ['family', 'address', 'port', 'flags']);
    const { address, port, flags, family = familyIn(writer) } = value as Record<string, unknown>;
    const type4 = family === 'ip' || family === undefined;
    if (family !== undefined && family !== 'ip' && family !== 'ip6')
      throw wrongValue(`must be 'ip' or 'ip6', not ${show(family)}`, 'family');
    if (address === undefined && port === undefined) throw wrongType('must be given, or a port', 'address');
    let register = REGISTER;
    const registers: { addressFrom?: number; addressTo?: number } = {};
    if (address !== undefined) {
      if (family === undefined) throw wrongType("must be 'ip' or 'ip6' in a table of both", 'family');
      const { from, to } = isObject(address) ? (address as { from: unknown; to?: unknown }) : { from: address };
      const addressType = type4 ? types.ipv4_addr : types.ipv6_addr;
      const parse = (one: unknown, place: string) => at(place, () => addressType.parse(one));
      writer.add(immediate(register, parse(from, isObject(address) ? 'address.from' : 'address')));
      registers.addressFrom = register++;
      if (to !== undefined) {
        writer.add(immediate(register, parse(to, 'address.to')));
        registers.addressTo = register++;
      }
    }
    const ports = portsOf(writer, { port, flags }, register);
    const ofFamily = family ?? (writer.family === 'ip6' ? 'ip6' : 'ip');
    writer.add({ kind: 'nat', type, family: ofFamily, ...registers, ...ports } as Expression);
  };
}

function familyIn({ family }: RuleWriter): unknown {
  return family === 'ip' || family === 'ip6' ? family : undefined;
}

/** What stands in registers: one value, or from one to another. */
function chosen(reader: RuleReader, format: (bytes: Uint8Array) => unknown, from?: number, to?: number): unknown {
  const first = reader.operand(from)?.bytes;
  if (first === undefined) return undefined;
  const last = to === undefined || to === from ? undefined : reader.operand(to)?.bytes;
  if (to !== undefined && to !== from && last === undefined) return undefined;
  return last === undefined ? format(first) : { from: format(first), to: format(last) };
}

interface Ports {
  flags?: readonly (string | number)[] | undefined;
  portFrom?: number | undefined;
  portTo?: number | undefined;
}

/** Ports and flags in words; undefined if there are no words for them. */
function portsIn(reader: RuleReader, { flags = [], portFrom, portTo }: Ports): object | undefined {
  const others = flags.filter((flag) => flag !== 'protoSpecified' && flag !== 'mapIps');
  if (others.some((flag) => !['random', 'fullyRandom', 'persistent'].includes(String(flag)))) return undefined;
  const port = chosen(reader, (bytes) => types.inet_service.format(bytes), portFrom, portTo);
  if (portFrom !== undefined && port === undefined) return undefined;
  return { ...(port !== undefined && { port }), ...(others.length > 0 && { flags: others }) };
}

const readPorts =
  (word: 'masquerade' | 'redirect'): Read<'masq' | 'redir'> =>
  (reader, expression) => {
    const ports = portsIn(reader, expression);
    if (ports === undefined) return false;
    reader.add(Object.keys(ports).length === 0 ? word : { [word]: ports });
    return true;
  };

const readNat: Read<'nat'> = (reader, { type, family, addressFrom, addressTo, ...rest }) => {
  const ports = portsIn(reader, rest);
  const format = (bytes: Uint8Array) => (family === 'ip6' ? types.ipv6_addr : types.ipv4_addr).format(bytes);
  const address = chosen(reader, format, addressFrom, addressTo);
  if (ports === undefined || typeof type !== 'string' || (addressFrom !== undefined && address === undefined))
    return false;
  const isSaid = address !== undefined && family !== reader.family;
  reader.add({ [type]: { ...(isSaid && { family }), ...(address !== undefined && { address }), ...ports } });
  return true;
};

/** Addresses and ports that packets get. */
export const nat = {
  write: {
    snat: writeNat('snat'),
    dnat: writeNat('dnat'),
    masquerade: writePorts('masq'),
    redirect: writePorts('redir'),
  },
  writeWord: {
    masquerade(writer) {
      writer.add({ kind: 'masq' });
    },
    redirect(writer) {
      writer.add({ kind: 'redir' });
    },
  },
  read: { nat: readNat, masq: readPorts('masquerade'), redir: readPorts('redirect') },
} satisfies StatementKinds;

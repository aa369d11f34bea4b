import { at, checkIsObject, show, wrongType, wrongValue } from '../../../../errors';
import { namedOf } from '../selectors/field';
import { types } from '../values/types';
import { checkNames, type Read, type StatementKinds, type Write } from './kind';
import { REGISTER, type RuleWriter } from './rule-writer';
import { isField, readSource, writeSource } from './source';

// Where else packets go: to a proxy, as a copy, out of another link, or by a flowtable.

function familyOf({ family: ofTable }: RuleWriter, family: unknown, isNeeded: boolean): 'ip' | 'ip6' | undefined {
  const found = family ?? (ofTable === 'ip' || ofTable === 'ip6' ? ofTable : undefined);
  if (found === undefined && isNeeded) throw wrongType("must be 'ip' or 'ip6' in a table of both", 'family');
  if (found !== undefined && found !== 'ip' && found !== 'ip6')
    throw wrongValue(`must be 'ip' or 'ip6', not ${show(found)}`, 'family');
  return found;
}

const addressTypeOf = (family: unknown) => (family === 'ip6' ? types.ipv6_addr : types.ipv4_addr);

/** A link by its index. */
function writeDevice(writer: RuleWriter, device: unknown, register: number): void {
  at('device', () => {
    if (typeof device === 'string' && !(isField(device) && namedOf(device).selector.type === types.iface_index))
      throw wrongType(`must be the index of a link, or a field or a map that gives one, not ${show(device)}`);
    writeSource(writer, types.iface_index, device, register);
  });
}

const writeTproxy: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['family', 'address', 'port']);
  const { address, port, family } = value as Record<string, unknown>;
  if (address === undefined && port === undefined) throw wrongType('must be given, or a port', 'address');
  const of = familyOf(writer, family, address !== undefined);
  let register = REGISTER;
  const registers: { address?: number; port?: number } = {};
  if (address !== undefined) {
    const place = (registers.address = register++);
    at('address', () => {
      writeSource(writer, addressTypeOf(of), address, place);
    });
  }
  if (port !== undefined) {
    registers.port = register;
    at('port', () => {
      writeSource(writer, types.inet_service, port, register);
    });
  }
  writer.add({ kind: 'tproxy', family: of ?? 'unspec', ...registers });
};

const readTproxy: Read<'tproxy'> = (reader, { family, address, port }) => {
  const ofAddress = address === undefined ? undefined : readSource(reader, address, addressTypeOf(family));
  const ofPort = port === undefined ? undefined : readSource(reader, port, types.inet_service);
  if ((address !== undefined && ofAddress === undefined) || (port !== undefined && ofPort === undefined)) return false;
  const isSaid = family !== 'unspec' && family !== reader.family && { family };
  const found = { ...isSaid, ...(ofAddress && { address: ofAddress.value }), ...(ofPort && { port: ofPort.value }) };
  // nft wants to be told the protocol in front of it, also where a field of that tells it.
  const needs = [...(ofAddress?.needs ?? []), ...(ofPort?.needs ?? [])];
  reader.add(
    { tproxy: found },
    needs.filter(({ layer }) => layer !== 'transport'),
  );
  return true;
};

const writeDup: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['address', 'device']);
  const { address, device } = value as Record<string, unknown>;
  const { family } = writer;
  if (family === 'netdev') {
    if (address !== undefined) throw wrongValue("has no meaning in a table of netdev: say 'device'", 'address');
    if (device === undefined) throw wrongType('must be given: the index of a link', 'device');
    writeDevice(writer, device, REGISTER);
    writer.add({ kind: 'dup', device: REGISTER });
    return;
  }
  if (address === undefined) throw wrongType('must be given: where the copy goes', 'address');
  at('address', () => {
    writeSource(writer, addressTypeOf(family), address);
  });
  if (device !== undefined) writeDevice(writer, device, REGISTER + 1);
  writer.add({ kind: 'dup', address: REGISTER, ...(device !== undefined && { device: REGISTER + 1 }) });
};

const readDup: Read<'dup'> = (reader, { address, device }) => {
  const ofAddress = address === undefined ? undefined : readSource(reader, address, addressTypeOf(reader.family));
  const ofDevice = device === undefined ? undefined : readSource(reader, device, types.iface_index);
  if ((address !== undefined && ofAddress === undefined) || (device !== undefined && ofDevice === undefined))
    return false;
  const found = { ...(ofAddress && { address: ofAddress.value }), ...(ofDevice && { device: ofDevice.value }) };
  reader.add({ dup: found }, [...(ofAddress?.needs ?? []), ...(ofDevice?.needs ?? [])]);
  return true;
};

const writeForward: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['device', 'family', 'address']);
  const { device, family, address } = value as Record<string, unknown>;
  if (device === undefined) throw wrongType('must be given: the index of a link', 'device');
  writeDevice(writer, device, REGISTER);
  if (address === undefined) {
    if (family !== undefined) throw wrongValue("has no meaning without 'address'", 'family');
    writer.add({ kind: 'fwd', device: REGISTER });
    return;
  }
  const of = familyOf(writer, family, true);
  at('address', () => {
    writeSource(writer, addressTypeOf(of), address, REGISTER + 1);
  });
  writer.add({ kind: 'fwd', device: REGISTER, address: REGISTER + 1, family: of });
};

const readForward: Read<'fwd'> = (reader, { device, address, family }) => {
  const ofDevice = readSource(reader, device, types.iface_index);
  const ofAddress = address === undefined ? undefined : readSource(reader, address, addressTypeOf(family));
  if (ofDevice === undefined || (address !== undefined && ofAddress === undefined)) return false;
  const found = { device: ofDevice.value, ...(ofAddress && { family, address: ofAddress.value }) };
  reader.add({ fwd: found }, [...ofDevice.needs, ...(ofAddress?.needs ?? [])]);
  return true;
};

const writeFlow: Write = (writer, value) => {
  if (typeof value !== 'string') throw wrongType(`must be the name of a flowtable, not ${show(value)}`);
  writer.add({ kind: 'flow_offload', flowtable: value });
};

/** Where packets go besides. */
export const redirects = {
  write: {
    tproxy: writeTproxy,
    dup: writeDup,
    fwd: writeForward,
    flow: writeFlow,
  },
  read: {
    tproxy: readTproxy,
    dup: readDup,
    fwd: readForward,
    flow_offload(reader, { flowtable }: { flowtable?: string | undefined }) {
      reader.add({ flow: flowtable });
      return true;
    },
  },
} satisfies StatementKinds;

import { bitsToNumber, familyOfText, type IpFamily, type Names } from '../../../codec';
import { ERRNO } from '../../../errno';
import { at, checkArgument, isObject, wrongType, wrongValue } from '../../../errors';
import { unknownName } from '../../../unknown-name';
import { familyOption, type IpFamilyOption } from '../../family';
import { refuseUndefined } from '../../narrowing';
import { NETLINK, NLM_F, type Hint, type Query, type Request } from '../../netlink';
import { NFNL_SUBSYS } from '../netfilter';
import {
  connection,
  connectionStatuses,
  type Connection,
  type ConnectionChanges,
  type ConnectionKey,
  type ConnectionOptions,
  type ConnectionStatus,
} from './connection-fields';
import { IPCTNL_MSG_CT } from './ctnetlink';
import { appendNat, untranslated } from './nat';
import { distinctionOf, protocolNumber, protocolWord, type ConnectionProtocol } from './protocols';
import { answerTo, checkTuple, type ConnectionTuple } from './tuple';

export const CONNECTION = "{ protocol: 'tcp', original: { source, destination, sourcePort, destinationPort } }";

/** A request about connections. */
export function aboutConnections(
  name: string,
  command: number,
  more: Pick<Request, 'encode'> & Partial<Request>,
): Request {
  return {
    ...{ name: `IPCTNL_MSG_CT_${name}`, protocol: NETLINK.NETFILTER, type: (NFNL_SUBSYS.CTNETLINK << 8) | command },
    ...{ flags: 0, hint: ofTracking, locate: connection.locate },
    ...more,
  };
}

/** Where the kernel lacks the part that is asked, it says no more than EINVAL. */
export const ofTracking: Request['hint'] = (errno, said) =>
  errno === ERRNO.EPROTONOSUPPORT || (errno === ERRNO.EINVAL && said === undefined)
    ? { text: 'the kernel may lack connection tracking by netlink (CONFIG_NF_CT_NETLINK)' }
    : undefined;

/** Asks for a new connection. */
export function newConnection(options: ConnectionOptions): Request {
  checkNames(options);
  return aboutConnections('NEW', IPCTNL_MSG_CT.NEW, {
    flags: NLM_F.CREATE | NLM_F.EXCL,
    subject: () => subjectOf(options),
    hint: ofNew,
    encode(writer) {
      const { original, reply, timeout } = options;
      const protocol = protocolOf(options);
      checkDirection('original', original, protocol);
      if (reply !== undefined) checkDirection('reply', reply, protocol);
      checkZones(options);
      if ((timeout as unknown) === undefined) throw wrongType('must be a number of seconds, not undefined', 'timeout');
      const plain =
        reply === undefined
          ? at('original', () => answerTo(original, protocol))
          : untranslated(original, reply, protocol);
      const family = familyOfKey(options);
      const values = { ...options, reply: plain, status: statusOfNew(options.status) };
      connection.encode(writer, values, { header: { family } });
      if (reply === undefined) return;
      at('reply', () => {
        appendNat(writer, family, reply, plain, protocol);
      });
    },
  });
}

const ofNew: Request['hint'] = (errno) => {
  switch (errno) {
    case ERRNO.EOPNOTSUPP:
      return { text: 'the kernel has no such helper, or no NAT' };
    case ERRNO.ENOSPC:
      return ofLabels;
    case ERRNO.ENOENT:
      return { property: 'master', text: 'there is no such connection' };
    default:
      return undefined;
  }
};

const ofLabels: Hint = { property: 'labels', text: 'connections have them that begin while a rule uses `ct label`' };

/** Asks that a connection change. */
export function changeConnection(options: ConnectionChanges): Request {
  const key = keyOf(options);
  const values = { ...options, status: withConfirmed(options.status) };
  const left = new Set<string>([key.left, 'master']);
  const only: Names = { has: (name) => !left.has(name) };
  return aboutConnections('NEW', IPCTNL_MSG_CT.NEW, {
    subject: () => subjectOf(options),
    hint: options.helper === undefined ? ofChange : ofHelper,
    encode(writer) {
      checkKey(options);
      connection.encode(writer, values, { header: { family: familyOfKey(options) }, only });
    },
  });
}

/** What lists say of a connection that was expected, or is ending: the one follows from its master, and neither is taken. */
const notTaken = connectionStatuses.expected | connectionStatuses.dying;

function statusOfNew(status: readonly ConnectionStatus[] | undefined): readonly ConnectionStatus[] | undefined {
  if (status === undefined) return undefined;
  const bits = at('status', () => bitsToNumber(connectionStatuses, status));
  return withConfirmed([(bits & ~notTaken) >>> 0]);
}

/** All connections in the table are confirmed, and the kernel refuses what would change that. */
function withConfirmed(status: readonly ConnectionStatus[] | undefined): readonly ConnectionStatus[] | undefined {
  return Array.isArray(status) ? [...(status as readonly ConnectionStatus[]), 'confirmed'] : status;
}

const ofChange: Request['hint'] = (errno) => {
  switch (errno) {
    case ERRNO.EBUSY:
      return {
        property: 'status',
        text: "'seenReply' and 'assured' are not taken back, 'expected' and 'dying' not changed",
      };
    case ERRNO.ENOSPC:
      return ofLabels;
    default:
      return undefined;
  }
};

const ofHelper: Request['hint'] = (errno) => {
  switch (errno) {
    case ERRNO.EOPNOTSUPP:
      return {
        property: 'helper',
        text: 'a connection that began without one takes none, or the kernel has no such helper',
      };
    case ERRNO.EBUSY:
      return { text: 'it has another helper, or `status` takes back what is not taken back' };
    case ERRNO.ENOSPC:
      return ofLabels;
    default:
      return undefined;
  }
};

/** Asks that a connection be forgotten. */
export function deleteConnection(key: ConnectionKey): Request {
  const { encode, ...rest } = about(key);
  return aboutConnections('DELETE', IPCTNL_MSG_CT.DELETE, {
    ...rest,
    encode(writer) {
      refuseUndefined(key, keyNames);
      refuseUndefinedInTuples(key, ['original', 'reply']);
      encode(writer);
    },
  });
}

/** A tuple whose zone is undefined by mistake would be that of another connection. */
export function refuseUndefinedInTuples<Key extends object>(key: Key, names: readonly (keyof Key & string)[]): void {
  for (const name of names) {
    at(name, () => {
      refuseUndefined(key[name] as object, anyName);
    });
  }
}

/** Asks that all be forgotten. */
export function flushConnections(): Request {
  return aboutConnections('DELETE', IPCTNL_MSG_CT.DELETE, {
    encode(writer) {
      connection.encode(writer, {}, { only: noNames });
    },
  });
}

/** Asks for a connection. The kernel does not compare `id`. */
export function getConnection(key: ConnectionKey): Query<Connection> {
  return { ...aboutConnections('GET', IPCTNL_MSG_CT.GET, about(key)), decode: connection.decode };
}

const noNames: Names = { has: () => false };
const anyName: Names = { has: () => true };
const keyNames: Names = new Set(['family', 'protocol', 'original', 'reply', 'zone', 'id']);

/** The part of a request that says which connection it is about. */
function about(key: ConnectionKey): Pick<Request, 'encode' | 'subject'> {
  const { left } = keyOf(key);
  const only: Names = { has: (name) => keyNames.has(name) && name !== left };
  return {
    subject: () => subjectOf(key),
    encode(writer) {
      checkKey(key);
      connection.encode(writer, key, { header: { family: familyOfKey(key) }, only });
    },
  };
}

/** Which tuple is left out of a request: the kernel finds a connection by one. */
function keyOf(key: ConnectionKey): { left: 'original' | 'reply' } {
  checkArgument('connection', key, CONNECTION);
  checkNames(key);
  return { left: key.original === undefined ? 'original' : 'reply' };
}

/** Throws unless a key names one connection: without a tuple the kernel would take all. */
function checkKey(key: ConnectionKey): void {
  const { original, reply } = key;
  const protocol = protocolOf(key);
  if (original === undefined && reply === undefined) {
    throw wrongType('must be the tuple of its packets, or `reply` that of the answers', 'original');
  }
  if (original !== undefined) checkDirection('original', original, protocol);
  if (reply !== undefined) checkDirection('reply', reply, protocol);
  checkZones(key);
}

/** A connection is in one zone, of both directions or of one. */
function checkZones({ zone = 0, original, reply }: ConnectionKey): void {
  const apart = original?.zone !== undefined ? 'original.zone' : reply?.zone !== undefined ? 'reply.zone' : undefined;
  if (apart !== undefined && zone !== 0) throw wrongValue(`cannot be combined with ${apart}`, 'zone');
  if (original?.zone !== undefined && reply?.zone !== undefined) {
    throw wrongValue('cannot be combined with original.zone', 'reply.zone');
  }
}

function checkNames(options: object): void {
  checkArgument('connection', options, CONNECTION);
  for (const name in options) {
    if (!Object.hasOwn(connection.fields, name) && name !== 'unknownAttributes')
      throw unknownName(name, connection.attributes.names);
  }
}

function checkDirection(name: 'original' | 'reply', tuple: ConnectionTuple, protocol: number): void {
  at(name, () => {
    checkTuple(tuple, { protocol });
  });
}

function protocolOf({ protocol }: { protocol: ConnectionProtocol }): number {
  return at('protocol', () => {
    if ((protocol as unknown) === undefined) throw wrongType("must be a protocol such as 'tcp', not undefined");
    return protocolNumber(protocol);
  });
}

/** The family of a connection: the one that is said, or that of its first address. */
export function familyOfKey({
  family,
  original,
  reply,
}: {
  family?: IpFamilyOption | undefined;
  original?: Partial<ConnectionTuple> | undefined;
  reply?: Partial<ConnectionTuple> | undefined;
}): IpFamily {
  const addresses = [original, reply].flatMap((one) => (isObject(one) ? [one.source, one.destination] : []));
  return familyOption(family) ?? familyOfText(addresses.find((address) => address !== undefined));
}

/** "connection tcp 10.1.0.2:4711 to 192.0.2.2:80". */
export function subjectOf(key: ConnectionKey): string {
  const tuple = key.original ?? key.reply;
  if (!isObject(tuple)) return 'connection';
  const { source, destination, sourcePort, destinationPort, icmpId } = tuple;
  const number = protocolNumber(key.protocol);
  const id = distinctionOf(number) === 'icmp' ? ` ${String(icmpId)}` : '';
  const from = end(source, sourcePort);
  return `connection ${String(protocolWord(number))}${id} ${from} to ${end(destination, destinationPort)}`;
}

function end(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
}

import {
  appendNested,
  attributes,
  bitsToNumber,
  checkInteger,
  checkMembers,
  checkText,
  eachElementOf,
  field,
  masked,
  message,
  uint16be,
  uint32,
  uint32be,
  type IpFamily,
  type Masked,
  type Writer,
} from '../../../codec';
import { at, checkArgument, isObject, show, wrongType, wrongValue } from '../../../errors';
import { checkOptions, whenRead, type Checks } from '../../../options';
import type { IpFamilyOption } from '../../family';
import { NLM_F, type Query } from '../../netlink';
import { aboutConnections } from './connection';
import { connection, connectionStatuses, type Connection, type ConnectionStatus } from './connection-fields';
import { IPCTNL_MSG_CT, CTA, trackingHeader } from './ctnetlink';
import { alwaysHasPorts, protocolNumber, protocolWord, type ConnectionProtocol } from './protocols';
import { appendTuple, type ConnectionTupleFilter, type TupleNumber } from './tuple';
import { checkSelects, checkTuples, familyIn, filterOnce, tupleSelection } from './tuple-filter';

/** Which connections a list has: those that have all of this. */
export interface ConnectionFilter {
  /** Those of this family. The kernel selects them. */
  family?: IpFamilyOption | undefined;
  /** Those of this protocol: 'tcp', 'udp' ..., or its number. The kernel selects them since 5.8, if the family is known. */
  protocol?: ConnectionProtocol | undefined;
  /** Those whose packets, from the side that began them, have these addresses and ports. The kernel selects them since 5.8. */
  original?: ConnectionTupleFilter | undefined;
  /** Those whose answers have these addresses and ports: with `source` and `sourcePort` those to a server, also where its address is translated. */
  reply?: ConnectionTupleFilter | undefined;
  /** Those with this mark, or with these bits of it: `{ value, mask }`. The kernel selects them. */
  mark?: number | Masked | undefined;
  /** Those in this zone, of both directions or of one; 0 for those in none. The kernel selects them since 6.8. */
  zone?: number | undefined;
  /** Those that have all of these: `['assured']`. The kernel selects them since 5.18. */
  status?: readonly ConnectionStatus[] | undefined;
  /** Those that have none of these: `['seenReply']`, those without an answer. The kernel selects them since 5.18. */
  withoutStatus?: readonly ConnectionStatus[] | undefined;
  /** Those with this helper. */
  helper?: string | undefined;
  /** Those that have all of these labels. */
  labels?: readonly number[] | undefined;
}

const checks: Checks<ConnectionFilter> = {
  // By `familyIn`.
  family: whenRead,
  protocol: (protocol) => void protocolNumber(protocol),
  // With the protocol, below.
  original: whenRead,
  reply: whenRead,
  mark: (mark) => void maskedOf(mark as number | Masked),
  zone(zone) {
    checkInteger(zone, 0, 0xffff);
  },
  status: checkStatus,
  withoutStatus: checkStatus,
  helper(helper) {
    checkText(helper, 15);
  },
  labels(labels) {
    eachElementOf(labels, (label: number) => {
      checkInteger(label, 0, 127);
    });
  },
};

function checkStatus(words: unknown): void {
  const bits = bitsToNumber(connectionStatuses, words);
  if (bits === 0 && (words as readonly unknown[]).length > 0) throw wrongValue('must have a bit at least, not 0');
}

function maskedOf(mark: number | Masked): Masked {
  if (typeof mark === 'number') {
    checkInteger(mark, 0, 0xffffffff);
    return { value: mark, mask: 0xffffffff };
  }
  if (!isObject(mark)) throw wrongType(`must be a number or { value, mask }, not ${show(mark)}`);
  checkMembers(mark, ['value', 'mask']);
  for (const name of ['value', 'mask'] as const) {
    at(name, () => {
      checkInteger(mark[name], 0, 0xffffffff);
    });
  }
  const { value, mask } = mark;
  if ((value & ~mask) !== 0)
    throw wrongValue(`has bits that mask, ${String(mask)}, leaves out: ${String(value)}`, 'value');
  return { value, mask };
}

type Selects = (row: Connection) => boolean;

/** A filter that was read, and what it selects. */
export interface ReadConnectionFilter {
  /** Asks for them. */
  readonly query: Query<Connection>;
  /** Whether a connection is one of them. */
  readonly isMeant: Selects;
}

/** Asks for connections. */
export function listConnections(filter: ConnectionFilter = {}): Query<Connection> {
  return readFilter(filter).query;
}

/**
 * Reads a filter: what the kernel selects by it, and what is selected here, which is all of it, since older kernels pass over a part.
 * That of a flush may have no part that selects everything.
 */
export function readFilter(given: ConnectionFilter, { toFlush = false } = {}): ReadConnectionFilter {
  checkArgument('filter', given, "{ protocol: 'tcp' }");
  const filter = filterOnce(given, ['original', 'reply', 'mark']);
  checkOptions(filter, checks, 'is not a filter of connections', 'the filters are');
  if (toFlush) checkSelects(filter, ['original', 'reply']);
  const { protocol, original, reply } = filter;
  const number = protocol === undefined ? undefined : protocolNumber(protocol);
  checkTuples({ original, reply }, number);
  const family = familyIn(filter.family, { original, reply });
  const isMeant = selection(filter, family);
  const query: Query<Connection> = {
    ...aboutConnections('GET', IPCTNL_MSG_CT.GET, {
      flags: NLM_F.DUMP,
      encode(writer) {
        asked.encode(writer, askedOf(filter), { header: { family } });
        if (family !== undefined) appendTuples(writer, filter, number, family);
      },
    }),
    decode(source, start, end) {
      const row = connection.decode(source, start, end);
      return isMeant(row) ? row : undefined;
    },
  };
  return { query, isMeant };
}

/** What the kernel selects by beside tuples. */
const asked = message(trackingHeader, {
  mark: masked(CTA.MARK, CTA.MARK_MASK, uint32be, 0xffffffff, { isMaskWanted: true }),
  status: field(CTA.STATUS, uint32be),
  statusMask: field(CTA.STATUS_MASK, uint32be),
  zone: field(CTA.ZONE, uint16be),
});

function askedOf({
  mark,
  zone,
  status = [],
  withoutStatus = [],
}: ConnectionFilter): Parameters<typeof asked.encode>[1] {
  const [on, off] = [bitsToNumber(connectionStatuses, status), bitsToNumber(connectionStatuses, withoutStatus)];
  const mask = (on | off) >>> 0;
  return { mark, zone, ...(mask !== 0 && { status: on, statusMask: mask }) };
}

const CTA_FILTER = { ORIG_FLAGS: 1, REPLY_FLAGS: 2 } as const;

/** Which parts of a tuple count (CTA_FILTER_F_*). */
const flags = { source: 0x1, destination: 0x2, protocol: 0x8, sourcePort: 0x10, destinationPort: 0x20 } as const;
const tupleFlags = attributes({
  original: field(CTA_FILTER.ORIG_FLAGS, uint32),
  reply: field(CTA_FILTER.REPLY_FLAGS, uint32),
});

/**
 * Has the kernel select by IPv4 addresses, protocol, and ports of TCP and UDP; the rest is done here. It wants to know the family. By an IPv6
 * address it selects those that have another one (seen on Linux 6.18).
 */
function appendTuples(writer: Writer, filter: ConnectionFilter, protocol: number | undefined, family: IpFamily): void {
  const given = { original: filter.original ?? (protocol === undefined ? undefined : {}), reply: filter.reply };
  const chosen: { original?: number; reply?: number } = {};
  const without: TupleNumber[] = ['icmpType', 'icmpCode', 'icmpId', 'zone'];
  if (protocol === undefined || !alwaysHasPorts(protocol)) without.push('sourcePort', 'destinationPort');
  for (const name of ['original', 'reply'] as const) {
    const tuple = given[name];
    if (tuple === undefined) continue;
    const isSelected = (part: keyof typeof flags) => {
      if (part === 'protocol') return protocol !== undefined;
      if (part === 'source' || part === 'destination') return family === 'inet' && tuple[part] !== undefined;
      return tuple[part] !== undefined && !without.includes(part);
    };
    const parts = (Object.keys(flags) as (keyof typeof flags)[]).filter(isSelected);
    if (parts.length === 0) continue;
    chosen[name] = parts.reduce((sum, part) => sum | flags[part], 0);
    at(name, () => {
      const number = name === 'original' ? CTA.TUPLE_ORIG : CTA.TUPLE_REPLY;
      appendTuple(writer, number, tuple, { protocol, wants: 'nothing', without, family });
    });
  }
  if (Object.keys(chosen).length > 0) appendNested(writer, CTA.FILTER, tupleFlags, chosen);
}

/** Whether rows are selected. */
function selection(filter: ConnectionFilter, family: IpFamily | undefined): Selects {
  const { protocol, original, reply, mark, zone, status, withoutStatus, helper, labels } = filter;
  const all: Selects[] = [];
  if (family !== undefined) all.push((row) => row.family === family);
  if (protocol !== undefined) {
    const word = protocolWord(protocolNumber(protocol));
    all.push((row) => row.protocol === word);
  }
  const ofOriginal = tupleSelection(original);
  const ofReply = tupleSelection(reply);
  all.push((row) => ofOriginal(row.original) && ofReply(row.reply));
  if (mark !== undefined) {
    const { value, mask } = maskedOf(mark);
    all.push((row) => ((row.mark ?? 0) & mask) >>> 0 === value);
  }
  if (zone !== undefined) all.push((row) => (row.zone ?? row.original.zone ?? row.reply.zone ?? 0) === zone);
  const bitsOf = (row: Connection) => bitsToNumber(connectionStatuses, row.status ?? []);
  if (status !== undefined) {
    const on = bitsToNumber(connectionStatuses, status);
    all.push((row) => (bitsOf(row) & on) >>> 0 === on);
  }
  if (withoutStatus !== undefined) {
    const off = bitsToNumber(connectionStatuses, withoutStatus);
    all.push((row) => (bitsOf(row) & off) === 0);
  }
  if (helper !== undefined) all.push((row) => row.helper === helper);
  if (labels !== undefined) all.push((row) => labels.every((label) => row.labels?.includes(label) === true));
  return (row) => all.every((selects) => selects(row));
}

import { AF, u16, type FilterOf, type KeyOf, type LinkReference, type Names } from '../codec';
import { ERRNO } from '../errno';
import { checkArgument, wrongType, wrongValue } from '../errors';
import { missingName } from '../unknown-name';
import { describing, entryOf } from './describing';
import {
  decodeFdbEntry,
  fdb,
  fdbHeader,
  tunnelFields,
  type fdbFields,
  type FdbEntry,
  type FdbOptions,
  type FdbState,
} from './fdb-message';
import { rowFilter } from './filter';
import { flagBits, NDA, neighborFlags, NUD } from './neighbor-message';
import { refuseUndefined } from './narrowing';
import { NLM_F, type Hint, ofUnknownIndex, type Query, type Request } from './netlink';
import { RTM } from './rtnetlink';

const { locate } = fdb;

/**
 * Filters of a list: `device` selects the entries in its bridge's table and in its own, `master` the table of that
 * bridge. The kernel applies both.
 */
export interface FdbFilter extends FilterOf<typeof fdbFields> {}

/** Where to look for an address. */
export interface FdbPlace extends Omit<KeyOf<typeof fdbFields>, 'address'> {}

const tunnelProperties = Object.keys(tunnelFields) as (keyof typeof tunnelFields)[];

/** The key of an entry, and the table that it is in. */
const lookedAt: Names = { has: (name) => name === 'flags' || name in tunnelFields || fdb.keys.has(name) };

const creation = {
  add: NLM_F.CREATE | NLM_F.EXCL,
  replace: NLM_F.CREATE | NLM_F.REPLACE,
  append: NLM_F.CREATE | NLM_F.APPEND,
} as const;

/**
 * The request for a new entry; `replace` also changes an existing one, `append` adds a destination to one of a vxlan
 * link.
 */
export function newFdbEntry(options: FdbOptions, verb: keyof typeof creation): Request {
  const { header, isOwn } = place(options);
  return {
    name: 'RTM_NEWNEIGH',
    type: RTM.NEWNEIGH,
    flags: creation[verb],
    subject: () => fdbEntrySubject(options, isOwn),
    hint: (errno, said, unknown) =>
      ofNoPort(isOwn)?.(errno, said) ??
      ofVlan(options, isOwn, errno, said) ??
      ofUnknownIndex(options.device)?.(errno, said, unknown),
    describe,
    locate,
    encode: (writer) => {
      fdb.encode(writer, options, { header });
      checkTunnel(options, isOwn);
    },
  };
}

/** The request to delete an entry. */
export function deleteFdbEntry(options: FdbOptions): Request {
  checkNarrowing(options);
  const { header, isOwn } = place(options);
  return {
    name: 'RTM_DELNEIGH',
    type: RTM.DELNEIGH,
    flags: 0,
    subject: () => fdbEntrySubject(options, isOwn),
    hint: (...refusal) => ofNoPort(isOwn)?.(...refusal) ?? ofUnknownIndex(options.device)?.(...refusal),
    describe,
    locate,
    encode: (writer) => {
      fdb.encode(writer, { ...options, activity: undefined }, { header });
      checkTunnel(options, isOwn);
      refuseUndefined(options, lookedAt);
    },
  };
}

/** The request for one entry, since 5.0. */
export function getFdbEntry(address: string, options: FdbPlace): Query<FdbEntry> {
  const { header, isOwn } = place({ ...options, address });
  return {
    name: 'RTM_GETNEIGH',
    type: RTM.GETNEIGH,
    flags: 0,
    subject: () => fdbEntrySubject({ ...options, address }, isOwn),
    hint: ofNoPort(isOwn),
    locate,
    decode: decodeFdbEntry,
    encode(writer) {
      const { family, device, flags } = header;
      const { master } = options;
      // The bridge's own table is selected by its index alone.
      const link = master === undefined ? { device: options.device } : { device: undefined };
      fdb.encode(
        writer,
        { ...options, ...link, address, flags: undefined },
        { header: master === undefined ? { family, device, flags } : { family }, only: fdb.keys },
      );
      checkTunnel(options, isOwn);
    },
  };
}

/** The request for the entries that a filter describes. */
export function listFdb(filter: FdbFilter = {}): Query<FdbEntry> {
  const isWanted = rowFilter('a forwarding table', filter, fdb);
  const { device, master } = filter;
  return {
    name: 'RTM_GETNEIGH',
    type: RTM.GETNEIGH,
    flags: NLM_F.DUMP,
    fields: fdb.fields,
    locate,
    decode(source, start, end) {
      const entry = decodeFdbEntry(source, start, end);
      if (entry === undefined || !isWanted(entry)) return undefined;
      // The kernel adds what the bridge's ports have in tables of their own.
      return master !== undefined && entry.master === undefined ? undefined : entry;
    },
    encode: (writer) => {
      fdb.encode(writer, { device, master }, { header: { family: AF.bridge }, only: fdb.filters });
    },
  };
}

/** Which entries of a bridge the kernel can delete in one request. */
export interface FdbFlush extends FdbFilter {
  master: LinkReference;
  state?: FlushState | undefined;
}

type FlushState = 'permanent' | 'static' | 'dynamic';

/** Whether the kernel can flush by a state, or by none. It does not know stale entries, or states without a word. */
export function isFlushState(state: FdbState | undefined): state is FlushState | undefined {
  return state === undefined || state === 'permanent' || state === 'static' || state === 'dynamic';
}

/**
 * The request to delete all entries of a bridge that a filter describes; without a state, all but the permanent ones.
 * Since 5.19. With a device, the bridge is the one that it is a port of, whatever master is given.
 */
export function flushFdb(filter: FdbFlush): Request {
  rowFilter('a forwarding table', filter, fdb);
  const { master, device, vlan, state } = filter;
  const { table, device: link } = tableOf({ device, master });
  return {
    name: 'RTM_DELNEIGH',
    type: RTM.DELNEIGH,
    flags: NLM_F.BULK,
    subject: `the forwarding table of ${entryOf(master)}`,
    locate,
    encode(writer) {
      // The bridge's own addresses have both bits, other static entries only NUD_NOARP, all others none.
      const stateMask = state === undefined || state === 'permanent' ? NUD.PERMANENT : NUD.PERMANENT | NUD.NOARP;
      const bits = state === 'permanent' ? NUD.PERMANENT : state === 'static' ? NUD.NOARP : NUD.NONE;
      const header = { family: AF.bridge, device: link, flags: table, state: bits };
      fdb.encode(writer, { vlan }, { header, only: fdb.filters });
      u16(NDA.NDM_STATE_MASK).encode(writer, stateMask);
    },
  };
}

/**
 * Throws if a property that limits what is deleted is undefined, which is probably a mistake. Without a VLAN the kernel
 * deletes the address in each VLAN of the port, without a destination all of its destinations.
 */
function checkNarrowing(options: FdbOptions): void {
  for (const name of ['vlan', 'destination'] as const) {
    if (typeof options !== 'object' || options === null || !(name in options) || options[name] !== undefined) continue;
    const each = name === 'vlan' ? 'each VLAN' : 'every destination';
    throw wrongType(`must not be undefined: give it a value, or leave it out for ${each}`, name);
  }
}

const TABLES = neighborFlags.self | neighborFlags.master;

/** The header of an entry, besides its properties. */
function place(options: FdbOptions) {
  checkArgument('entry', options, "{ device: 'eth0', address: '02:00:00:00:00:01' }");
  const { device, table } = tableOf(options);
  const flags = flagBits(options.flags) | table;
  const isOwn = (flags & neighborFlags.self) !== 0;
  return {
    header: {
      family: AF.bridge,
      // Written by a property of its own, if there is one.
      device: options.device === undefined ? device : undefined,
      flags: flags & TABLES,
      state: isOwn ? ('permanent' as const) : ('static' as const),
    },
    isOwn,
  };
}

/** Throws for tunnel properties in an entry of a bridge's table, where the kernel ignores them. */
function checkTunnel(options: Partial<FdbOptions>, isOwn: boolean): void {
  const tunnel = isOwn ? undefined : tunnelProperties.find((name) => options[name] !== undefined);
  if (tunnel !== undefined) {
    throw wrongValue("is for a link's own table: leave out `master`, or say 'self' among the flags", tunnel);
  }
}

/** The link of a request, and the flags that select one of the two tables. */
function tableOf(options: Omit<FdbOptions, 'address'>): { device: LinkReference; table: number } {
  const { master, device = master } = options;
  if (device === undefined) {
    throw missingName('device', options, 'must be the name or index of a link, or master that of a bridge');
  }
  const given = flagBits(options.flags) & TABLES;
  if (given !== 0) return { device, table: given };
  const isOwn = master === undefined ? tunnelProperties.some((name) => options[name] !== undefined) : device === master;
  return { device, table: isOwn ? neighborFlags.self : neighborFlags.master };
}

/**
 * A hint for requests about the table of a bridge of which the device is not a port. The kernel answers a question with
 * the error for wrong values.
 */
function ofNoPort(isOwn: boolean): Request['hint'] {
  if (isOwn) return undefined;
  return (errno, kernelMessage = '') => {
    const isPort =
      errno !== ERRNO.EOPNOTSUPP && !(errno === ERRNO.EINVAL && kernelMessage.includes('not a bridge port'));
    return isPort
      ? undefined
      : { property: 'device', text: "it is no port of a bridge; flags: ['self'] means the device's own table" };
  };
}

/** The kernel does not say what is wrong with the VLAN of a new entry. */
function ofVlan(
  { vlan }: FdbOptions,
  isOwn: boolean,
  errno: number,
  kernelMessage: string | undefined,
): Hint | undefined {
  if (vlan === undefined || isOwn || errno !== ERRNO.EINVAL || kernelMessage !== undefined) return undefined;
  return { property: 'vlan', text: 'the port is not in this VLAN, or its bridge has no `vlanFiltering`' };
}

const describe = describing(
  decodeFdbEntry,
  (entry) => fdbEntrySubject(entry, entry.flags.includes('self')),
  fdbHeader.offsets.device,
);

function fdbEntrySubject(
  { address, device, master }: Pick<FdbOptions, 'address' | 'device' | 'master'>,
  isOwn: boolean,
): string {
  const of = isOwn ? entryOf(device ?? master) : `the bridge of ${entryOf(device)}`;
  return `address ${address} in the table of ${of}`;
}

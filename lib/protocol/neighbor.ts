import {
  AF,
  attributes,
  choice,
  choiceOf,
  familyOf,
  familyWord,
  field,
  headed,
  ipAddress,
  linkIndex,
  optionalLinkAddressType,
  parseIp,
  readOnly,
  rowDecoder,
  u32,
  uint16,
  wordsByNumber,
  type IpFamily,
  type LinkReference,
  type UnknownAttribute,
  type Word,
} from '../codec';
import { at, show, wrongType, wrongValue } from '../errors';
import { familyNumber, familyOption, type IpFamilyOption } from './family';
import { checkFilter, checkFilterLink } from './filter';
import {
  checkProperties,
  commonFields,
  entryOf,
  flagBits,
  flagsOfReply,
  flagWords,
  NDA,
  ndmsg,
  neighborFlags,
  neighborTimeFields,
  NUD,
  partFlags,
  requestFields,
  stateFilter,
  type NeighborFlag,
} from './neighbor-message';
import { NLM_F, type MessageSent, type Query, type Request } from './netlink';
import { routeTypes } from './route-message';
import { routeProtocols, RTM } from './rtnetlink';

/** States of a neighbor (NUD_*), by iproute2's words. */
export const neighborStates = {
  none: NUD.NONE,
  incomplete: NUD.INCOMPLETE,
  reachable: NUD.REACHABLE,
  stale: NUD.STALE,
  delay: NUD.DELAY,
  probe: NUD.PROBE,
  failed: NUD.FAILED,
  noarp: NUD.NOARP,
  permanent: NUD.PERMANENT,
} as const;

export type NeighborState = Word<typeof neighborStates>;

const neighborHeader = ndmsg(choiceOf(neighborStates, uint16));

const neighborFields = {
  ...commonFields,
  destination: ipAddress(NDA.DST),
  linkLayerAddress: field(NDA.LLADDR, optionalLinkAddressType),
  probes: readOnly(u32(NDA.PROBES)),
  protocol: choice(NDA.PROTOCOL, routeProtocols),
} as const;

const neighborMessage = headed(
  neighborHeader,
  attributes({
    ...neighborFields,
    ...requestFields,
    /** Of dumps; entries have it in the header. */
    device: linkIndex(NDA.IFINDEX),
  }),
);
const locate = neighborMessage.locate.bind(neighborMessage);
const typeOf = wordsByNumber(routeTypes);

/** A neighbor to be added. */
export interface NeighborOptions {
  /**
   * The link behind which it is: name or index. Of a proxy entry 0 stands for all links; the kernel does not delete such an
   * entry with its namespace, so delete it before.
   */
  device: LinkReference;
  /** Its IPv4 or IPv6 address. NDA_DST. */
  destination: string;
  /** Its link-layer address: '02:00:00:00:00:01'; an IP address behind tunnels. NDA_LLADDR. */
  linkLayerAddress?: string | undefined;
  /**
   * What is known of it. By default 'permanent' with a link-layer address, which is never questioned nor forgotten;
   * 'none' without one and for entries that the kernel shall resolve (flags 'use' and 'managed').
   */
  state?: NeighborState | undefined;
  /**
   * 'proxy' answers for the address on this link instead; 'use' has the kernel resolve it now, 'managed' keep it resolved
   * (since 5.16); 'router' (IPv6), 'extern_learn' ... None by default. NTF_*, NDA_FLAGS_EXT.
   */
  flags?: readonly NeighborFlag[] | undefined;
  /** Who made it; 'unspecified' by default. NDA_PROTOCOL, since 5.0. */
  protocol?: Word<typeof routeProtocols> | undefined;
}

/** A neighbor as the kernel describes it. Can be added again as it is. */
export interface Neighbor extends Omit<NeighborOptions, 'device'> {
  /** Index of the link behind which it is; 0 for a proxy entry of all links. */
  device: number;
  family: IpFamily | number;
  state: NeighborState;
  flags: readonly NeighborFlag[];
  /** Kind of the address: 'unicast', 'multicast' ... */
  type: Word<typeof routeTypes>;
  /** Seconds since it was last known to be reachable. NDA_CACHEINFO. */
  confirmed?: number;
  /** Seconds since it was last used. NDA_CACHEINFO. */
  used?: number;
  /** Seconds since it last changed. NDA_CACHEINFO. */
  updated?: number;
  /** How many in the kernel refer to it. NDA_CACHEINFO. */
  references?: number;
  /** Unanswered questions for it so far. NDA_PROBES. */
  probes?: number;
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[];
}

/** Which neighbors a dump shall have. */
export interface NeighborFilter {
  /** Those behind this link. The kernel selects them. With `proxy`, 0 stands for the entries of all links. */
  device?: LinkReference | undefined;
  /** Those of one family. */
  family?: IpFamilyOption | undefined;
  /** Those behind the ports of this master. The kernel selects them. */
  master?: LinkReference | undefined;
  /** Those in one state. */
  state?: NeighborState | undefined;
  /** True for the proxy entries, which are a table of their own; false by default. */
  proxy?: boolean | undefined;
}

/** What tells one neighbor from another. */
export type NeighborKey = Pick<NeighborOptions, 'device' | 'destination' | 'flags'>;

const properties = new Set([
  ...['device', 'destination', 'linkLayerAddress', 'state', 'flags', 'protocol', 'family', 'type'],
  ...['confirmed', 'used', 'updated', 'references', 'probes', 'unknownAttributes'],
]);

/** Asks for a new neighbor; `replace` takes one that exists as well and changes it. */
export function newNeighbor(options: NeighborOptions, verb: 'add' | 'replace'): Request {
  const { header, destination, extendedFlags } = place(options);
  const { linkLayerAddress, protocol, state = defaultState(options) } = options;
  return {
    name: 'RTM_NEWNEIGH',
    type: RTM.NEWNEIGH,
    flags: NLM_F.CREATE | (verb === 'add' ? NLM_F.EXCL : NLM_F.REPLACE),
    subject: subjectOf(options),
    describe,
    locate,
    encode(writer) {
      const values = { destination, linkLayerAddress, protocol, extendedFlags };
      neighborMessage.encode(writer, { ...header, state }, values);
    },
  };
}

/** Asks for a neighbor's end. */
export function deleteNeighbor(options: NeighborKey): Request {
  return { name: 'RTM_DELNEIGH', type: RTM.DELNEIGH, flags: 0, ...about(options) };
}

/** Asks for one neighbor, since 5.0. */
export function getNeighbor(options: NeighborKey): Query<Neighbor> {
  return { name: 'RTM_GETNEIGH', type: RTM.GETNEIGH, flags: 0, decode: decodeNeighbor, ...about(options) };
}

/** Asks for the neighbors that a filter describes. */
export function listNeighbors(filter: NeighborFilter = {}): Query<Neighbor> {
  checkFilter(filter);
  const { device, family, master, state, proxy, ...rest } = filter;
  for (const name in rest) throw wrongValue('is not a filter of neighbors', name);
  if (proxy !== undefined && typeof proxy !== 'boolean') {
    throw wrongType(`must be true or false, not ${show(proxy)}`, 'proxy');
  }
  const isOfAllLinks = proxy === true && device === 0;
  if (!isOfAllLinks) checkFilterLink('device', device);
  checkFilterLink('master', master);
  const wantedFamily = familyOption(family);
  const isWanted = stateFilter(neighborStates, state);
  return {
    name: 'RTM_GETNEIGH',
    type: RTM.GETNEIGH,
    flags: NLM_F.DUMP,
    locate,
    decode(source, start, end) {
      const neighbor = decodeNeighbor(source, start, end);
      if (wantedFamily !== undefined && neighbor.family !== wantedFamily) return undefined;
      // Asked for index 0, the kernel answers with the entries of every link.
      if (isOfAllLinks && neighbor.device !== 0) return undefined;
      return isWanted(neighbor.state) ? neighbor : undefined;
    },
    encode(writer) {
      const flags = proxy === true ? neighborFlags.proxy : 0;
      neighborMessage.encode(writer, { family: familyNumber(wantedFamily), flags }, { device, master });
    },
  };
}

/** Decodes a neighbor's message. */
export const decodeNeighbor = rowDecoder({
  header: neighborHeader,
  begin: ({ family, device, state, flags, type }): Neighbor => ({
    destination: '',
    family: familyWord(family),
    device,
    state,
    flags: flagWords(flags),
    type: typeOf(type),
  }),
  attributes: attributes({ ...neighborFields, ...neighborTimeFields, flags: flagsOfReply }, [NDA.IFINDEX]),
});

/** The part of a request that says which neighbor it is about. */
function about(options: NeighborKey): Pick<Request, 'subject' | 'describe' | 'locate' | 'encode'> {
  const { header, destination } = place(options);
  const flags = header.flags & neighborFlags.proxy;
  return {
    subject: subjectOf(options),
    describe,
    locate,
    encode: (writer) => {
      neighborMessage.encode(writer, { ...header, flags }, { destination });
    },
  };
}

/** Where a neighbor goes: its header, and what belongs to it among the attributes. */
function place(options: NeighborKey) {
  checkProperties(options, properties, 'neighbor');
  const { device, destination } = options;
  if (device === undefined) throw wrongType('must be the name or index of a link', 'device');
  const family = familyOf(at('destination', () => parseIp(destination)));
  const { flags, extendedFlags } = partFlags(flagBits(options.flags));
  return { header: { family: AF[family], device, flags }, destination, extendedFlags } as const;
}

function defaultState({ linkLayerAddress, flags }: NeighborOptions): NeighborState {
  const isResolved = (flagBits(flags) & (neighborFlags.use | neighborFlags.managed)) !== 0;
  return linkLayerAddress === undefined || isResolved ? 'none' : 'permanent';
}

function describe({ source, start, end, nameAt }: MessageSent): string {
  const { destination, device } = decodeNeighbor(source, start, end);
  return subjectOf({ destination, device: nameAt(start + neighborHeader.offsets.device) ?? device });
}

function subjectOf({ destination, device }: NeighborKey): string {
  return `neighbor ${destination} of ${entryOf(device)}`;
}

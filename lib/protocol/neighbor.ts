import {
  AF,
  choice,
  choiceOf,
  constant,
  familyOfText,
  field,
  filterable,
  filterableLink,
  inKey,
  ipOf,
  linkIndex,
  member,
  message,
  nameOfLink,
  optionalLinkAddressType,
  readOnly,
  readOnlyMember,
  required,
  u32,
  type FilterOf,
  type IpFamily,
  type KeyOf,
  type LinkReference,
  type OptionsOf,
  type RowOf,
  type Word,
} from '../codec';
import { checkArgument } from '../errors';
import { checkSwitch } from '../options';
import { describing, entryOf } from './describing';
import { familyField, familyNumber, familyOption, ofEachFamily } from './family';
import { checkLink, rowFilter } from './filter';
import {
  flagBits,
  flagsField,
  NDA,
  ndmsg,
  neighborFlags,
  neighborTimeFields,
  NUD,
  stateNumber,
} from './neighbor-message';
import { refuseUndefined } from './narrowing';
import { NLM_F, ofUnknownIndex, type Query, type Request } from './netlink';
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

/** What is known of a neighbor, by iproute2's word: 'reachable', 'stale', 'permanent' ...; the number of a state that has none here. */
export type NeighborState = Word<typeof neighborStates>;

const neighborHeader = ndmsg(choiceOf(neighborStates, stateNumber));

function ownFields(family: IpFamily) {
  return {
    /**
     * The link behind which it is: name or index. A proxy entry may be made for 0, and then answers on every link; the kernel does
     * not delete such an entry with its namespace, so delete it before. With `proxy: true` a list by 0 has the entries made for 0.
     */
    device: inKey(filterableLink(required(member(neighborHeader, 'device'), 'must be the name or index of a link'))),
    /** The name of `device`, in lists with `names: true`. */
    deviceName: nameOfLink('device'),
    /** 'inet' or 'inet6'; in requests by default that of the address. */
    family: inKey(filterable(familyField(family), familyOption)),
    /** Its IPv4 or IPv6 address. NDA_DST. */
    destination: inKey(required(constant(field(NDA.DST, ipOf(family)), ''), 'must be an IP address')),
    /**
     * Its link-layer address: '02:00:00:00:00:01'; an IP address behind tunnels. It must have the length of the link's
     * addresses, which is not known here: the kernel refuses a shorter one (EINVAL), and silently cuts a longer one,
     * such as an IPv6 address for an Ethernet neighbor. NDA_LLADDR.
     */
    linkLayerAddress: field(NDA.LLADDR, optionalLinkAddressType),
    /**
     * Its state: 'reachable', 'stale', 'failed' ... A 'permanent' neighbor is never verified or removed by the kernel.
     * A new one is by default 'permanent' with a link-layer address, and 'none' without one, or with the flags 'use' or
     * 'managed', with which the kernel resolves it.
     */
    state: filterable(member(neighborHeader, 'state')),
    /**
     * 'proxy': this host answers for the address on this link; 'use': the kernel resolves it now; 'managed': the kernel
     * keeps it resolved (since 5.16); 'router' (IPv6), 'extern_learn' ... A new one has none by default. To get or
     * delete a proxy entry give 'proxy'; other flags are ignored there. NTF_*, NDA_FLAGS_EXT.
     */
    flags: inKey(flagsField(neighborHeader.offsets.flags)),
    /** Who made it. A new one's is 'unspecified' by default. NDA_PROTOCOL, since 5.0. */
    protocol: choice(NDA.PROTOCOL, routeProtocols),
    /** Kind of the address: 'unicast', 'multicast' ... */
    type: readOnlyMember(neighborHeader, 'type'),
    /** Unanswered probes so far. NDA_PROBES. */
    probes: readOnly(u32(NDA.PROBES)),
  } as const;
}

// What another file declares keeps its descriptions by the type that it has there.
type NeighborFields = ReturnType<typeof ownFields> & typeof neighborTimeFields;

function neighborFields(family: IpFamily): NeighborFields {
  return { ...ownFields(family), ...neighborTimeFields };
}

export const neighbor = ofEachFamily((family) =>
  message(neighborHeader, neighborFields(family), { ignored: [NDA.IFINDEX, NDA.MASTER] }),
);

/** A neighbor to be added. */
export interface NeighborOptions extends OptionsOf<NeighborFields> {}

/** A neighbor as the kernel describes it. Can be added again as it is. */
export interface Neighbor extends RowOf<NeighborFields> {}

/**
 * Filters of a list of neighbors. The kernel applies `device`. `{ proxy: true }` selects all proxy entries, together
 * with `device: 0` those made for 0.
 */
export interface NeighborFilter extends FilterOf<NeighborFields> {
  /** Those behind the ports of this master. The kernel selects them. */
  master?: LinkReference | undefined;
  /** True for the proxy entries, of all links unless `device` names one; they are a table of their own. False by default. */
  proxy?: boolean | undefined;
}

/** The key of a neighbor. */
export interface NeighborKey extends KeyOf<NeighborFields> {}

/** Where to look for a neighbor. */
export interface NeighborPlace extends Omit<NeighborKey, 'destination'> {}

/** The request for a new neighbor; `replace` also changes an existing one. */
export function newNeighbor(options: NeighborOptions, verb: 'add' | 'replace'): Request {
  checkArgument('neighbor', options, "{ device: 'eth0', destination: '10.1.1.2' }");
  return {
    name: 'RTM_NEWNEIGH',
    type: RTM.NEWNEIGH,
    flags: NLM_F.CREATE | (verb === 'add' ? NLM_F.EXCL : NLM_F.REPLACE),
    subject: () => neighborSubject(options),
    describe,
    hint: typeof options.device === 'number' ? ofIndex : ofAddress,
    locate: neighbor.locate,
    encode(writer) {
      const family = familyOfText(options.destination);
      neighbor[family].encode(writer, options, { header: { family: AF[family], state: defaultState(options) } });
    },
  };
}

const ofAddress: Request['hint'] = (_errno, said) =>
  said !== undefined && /link address/i.test(said)
    ? { property: 'linkLayerAddress', text: 'it has not as many octets as those of the link' }
    : undefined;
const ofIndex: Request['hint'] = (...refusal) => ofAddress(...refusal) ?? ofUnknownIndex(1)!(...refusal);

/** The request to delete a neighbor. */
export function deleteNeighbor(options: NeighborKey): Request {
  const request = about(options);
  return {
    name: 'RTM_DELNEIGH',
    type: RTM.DELNEIGH,
    flags: 0,
    ...request,
    hint: ofUnknownIndex(options.device),
    encode(writer) {
      request.encode(writer);
      refuseUndefined(options, neighbor.inet.keys);
    },
  };
}

/** The request for one neighbor, since 5.0. */
export function getNeighbor(options: NeighborKey): Query<Neighbor> {
  return { name: 'RTM_GETNEIGH', type: RTM.GETNEIGH, flags: 0, decode: decodeNeighbor, ...about(options) };
}

/** The request for the neighbors that a filter describes. */
export function listNeighbors(filter: NeighborFilter = {}): Query<Neighbor> {
  checkArgument('filter', filter);
  const { family, device, master, proxy } = filter;
  const isOfAllLinks = proxy === true && device === 0;
  const isWanted = rowFilter('neighbors', isOfAllLinks ? { ...filter, device: undefined } : filter, neighbor.inet, {
    master: checkLink,
    proxy: checkSwitch,
  });
  return {
    name: 'RTM_GETNEIGH',
    type: RTM.GETNEIGH,
    flags: NLM_F.DUMP,
    fields: neighbor.inet.fields,
    locate: selection.locate.bind(selection),
    decode(source, start, end) {
      const row = decodeNeighbor(source, start, end);
      if (row === undefined || !isWanted(row)) return undefined;
      // Asked for index 0, the kernel answers with the entries of every link.
      return isOfAllLinks && row.device !== 0 ? undefined : row;
    },
    encode(writer) {
      const flags = proxy === true ? neighborFlags.proxy : 0;
      selection.encode(writer, { device, master }, { header: { family: familyNumber(family), flags } });
    },
  };
}

/** Attributes of a dump that have other meanings in forwarding entries. */
const selection = message(neighborHeader, { device: linkIndex(NDA.IFINDEX), master: linkIndex(NDA.MASTER) });

/** Decodes a neighbor's message; undefined for those of other families, as forwarding tables have. */
export const decodeNeighbor = neighbor.decode;

/** The part of a request that selects the neighbor. */
function about(options: NeighborKey): Pick<Request, 'subject' | 'describe' | 'locate' | 'encode'> {
  checkArgument('neighbor', options, "{ device: 'eth0', destination: '10.1.1.2' }");
  const isProxy = (flagBits(options.flags) & neighborFlags.proxy) !== 0;
  return {
    subject: () => neighborSubject(options),
    describe,
    locate: neighbor.locate,
    encode(writer) {
      const family = familyOfText(options.destination);
      const values = { ...options, flags: isProxy ? (['proxy'] as const) : undefined };
      neighbor[family].encode(writer, values, { header: { family: AF[family] }, only: neighbor[family].keys });
    },
  };
}

function defaultState({ linkLayerAddress, flags }: NeighborOptions): NeighborState {
  const isResolved = (flagBits(flags) & (neighborFlags.use | neighborFlags.managed)) !== 0;
  return linkLayerAddress === undefined || isResolved ? 'none' : 'permanent';
}

const describe = describing(neighbor.decode, neighborSubject, neighborHeader.offsets.device);

function neighborSubject({ destination, device }: NeighborKey): string {
  return `neighbor ${destination} of ${entryOf(device)}`;
}

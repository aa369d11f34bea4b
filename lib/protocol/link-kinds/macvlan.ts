import { bits, choice, ethernetAddress, list, readOnly, s32, u32, uint16, uint32, type Field } from '../../codec';
import { ERRNO } from '../../errno';
import { at, show, wrongType } from '../../errors';
import { unknownName } from '../../unknown-name';
import { linkKind, type KindHint } from '../link-kind';
import type { OptionsOfKind, StateOfKind } from '../link-types';
import type { Hint } from '../netlink';
import { ofTakenLink } from './lower-link';

/** Attributes of a macvlan's IFLA_INFO_DATA. */
const IFLA_MACVLAN = {
  MODE: 1,
  FLAGS: 2,
  MACADDR_MODE: 3,
  MACADDR: 4,
  MACADDR_DATA: 5,
  MACADDR_COUNT: 6,
  BC_QUEUE_LEN: 7,
  BC_QUEUE_LEN_USED: 8,
  BC_CUTOFF: 9,
} as const;

/** Operations on the list of source addresses (MACVLAN_MACADDR_*). */
const verbs = { add: 0, delete: 1, flush: 2, set: 3 } as const;
const verbField = choice(IFLA_MACVLAN.MACADDR_MODE, verbs, uint32);
const addressField = ethernetAddress(IFLA_MACVLAN.MACADDR);
const listField = list(IFLA_MACVLAN.MACADDR_DATA, addressField);

/** Adds a source address. */
export interface AddedSourceAddress {
  /** The address to add to the list. */
  add: string;
}

/** Removes a source address. */
export interface DeletedSourceAddress {
  /** The address to remove from the list. */
  delete: string;
}

/** The whole list of source addresses, or one to add or to remove. */
export type SourceAddresses = readonly string[] | AddedSourceAddress | DeletedSourceAddress;

const sourceAddresses: Field<string[], SourceAddresses> = {
  numbers: [IFLA_MACVLAN.MACADDR_MODE, IFLA_MACVLAN.MACADDR, IFLA_MACVLAN.MACADDR_DATA],
  readOnly: false,
  accumulates: true,
  encode(writer, value) {
    if (isList(value)) {
      verbField.encode(writer, 'set');
      listField.encode(writer, value);
      return;
    }
    const [verb, address] = changeOf(value);
    verbField.encode(writer, verb);
    at(verb, () => {
      addressField.encode(writer, address);
    });
  },
  // The kernel reports only the list; requests begin with the operation.
  decode(source, start, end, number, previous) {
    if (number === IFLA_MACVLAN.MACADDR_DATA) return listField.decode(source, start, end, number);
    if (number === IFLA_MACVLAN.MACADDR_MODE) {
      const verb = verbField.decode(source, start, end, number);
      return (verb === 'add' || verb === 'delete' ? { [verb]: '' } : []) as string[];
    }
    const address = addressField.decode(source, start, end, number);
    const [verb] = Object.keys(previous ?? {});
    return (verb === undefined ? [address] : { [verb]: address }) as string[];
  },
};

/** The kernel accepts source addresses only in mode 'source', and does not say so. */
function ofOtherMode(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const { sourceAddresses: given, mode } = options as MacvlanOptions;
  if (given === undefined || mode === 'source' || errno !== ERRNO.EINVAL || kernelMessage !== undefined)
    return undefined;
  return { property: 'sourceAddresses', text: "only a link in mode 'source' has them" };
}

function isList(value: SourceAddresses): value is readonly string[] {
  return Array.isArray(value);
}

function changeOf(value: object): [verb: 'add' | 'delete', address: string] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [change] = entries;
  if (change === undefined || entries.length > 1) {
    throw wrongType(`must be an array, { add } or { delete }, not ${show(value)}`);
  }
  const [verb, address] = change as [string, string];
  if (verb !== 'add' && verb !== 'delete') throw unknownName(verb, ['add', 'delete']);
  return [verb, address];
}

const fields = {
  /**
   * Which links on the same lower link can be reached: none ('private'), others through a switch that sends packets
   * back ('vepa', the default), others directly ('bridge'). With 'passthru' there is only one, which uses the lower
   * link alone; with 'source' it receives what comes from `sourceAddresses`. IFLA_MACVLAN_MODE.
   */
  mode: choice(IFLA_MACVLAN.MODE, { private: 1, vepa: 2, bridge: 4, passthru: 8, source: 16 }, uint32),
  /**
   * 'no-promiscuous': in mode 'passthru' the lower link does not become promiscuous. 'no-destination': in mode 'source'
   * packets from one of the addresses are not also delivered to the link that they are for. A change replaces all
   * flags. MACVLAN_FLAG_NOPROMISC, MACVLAN_FLAG_NODST.
   */
  modeFlags: bits(IFLA_MACVLAN.FLAGS, { 'no-promiscuous': 1, 'no-destination': 2 }, uint16),
  /**
   * Addresses from which packets are received in mode 'source': the whole list, or one to add or remove with `{ add }`
   * or `{ delete }`. IFLA_MACVLAN_MACADDR_DATA, IFLA_MACVLAN_MACADDR.
   */
  sourceAddresses,
  /** Number of source addresses. IFLA_MACVLAN_MACADDR_COUNT. */
  sourceAddressCount: readOnly(u32(IFLA_MACVLAN.MACADDR_COUNT)),
  /**
   * Length of the queue for broadcast and multicast packets; links on the same lower link share the largest that one of
   * them asks for; 1000. IFLA_MACVLAN_BC_QUEUE_LEN, since 5.11.
   */
  broadcastQueueLength: u32(IFLA_MACVLAN.BC_QUEUE_LEN),
  /** The length in use. IFLA_MACVLAN_BC_QUEUE_LEN_USED, since 5.11. */
  broadcastQueueLengthUsed: readOnly(u32(IFLA_MACVLAN.BC_QUEUE_LEN_USED)),
  /**
   * Packets to a multicast address with more listening links than this are queued, others are delivered at once; 1.
   * With -1 none are queued. The same for all links on one lower link. IFLA_MACVLAN_BC_CUTOFF, since 6.4.
   */
  broadcastCutoff: s32(IFLA_MACVLAN.BC_CUTOFF),
};

const hint: KindHint = (...refusal) => ofOtherMode(...refusal) ?? ofTakenLink(...refusal);

/** A link with a link-layer address of its own on another, which `link` names. */
export const macvlan = linkKind('macvlan', fields, { hasLink: true, hint });

/** A macvlan whose packets are read and written by way of a character device, /dev/tapN by its index. */
export const macvtap = linkKind('macvtap', fields, { hasLink: true, hint });

/** A macvlan to be made: a link with a link-layer address of its own on another. Needs `link`, the other one. */
export interface MacvlanOptions extends OptionsOfKind<typeof macvlan> {}

/** A macvlan as the kernel describes it. */
export interface Macvlan extends StateOfKind<typeof macvlan> {}

/** A macvtap to be made: a macvlan with a character device. Needs `link`, the link that it is on. */
export interface MacvtapOptions extends OptionsOfKind<typeof macvtap> {}

/** A macvtap as the kernel describes it. */
export interface Macvtap extends StateOfKind<typeof macvtap> {}

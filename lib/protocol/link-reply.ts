import {
  attributes,
  decodeText,
  findAttribute,
  returnRow,
  takeRow,
  type AttributeSet,
  type Fields,
  type Source,
  type Type,
} from '../codec';
import { checkArgument } from '../errors';
import { unknownName } from '../unknown-name';
import { IFLA, ignoredLinkAttributes, linkFields } from './link-attributes';
import { decodeLinkState, ifinfomsg } from './link-header';
import { decodeKind, decodeLinkInfo } from './link-info';
import type { Link } from './link-kinds/types';

/** What tells a link from the others of its namespace. */
export interface LinkIdentity {
  /** Its number. */
  index: number;
  name: string;
}

/** What of a link is wanted besides what costs little. */
export interface LinkDetails {
  /** Whether counters are fetched as well. */
  statistics?: boolean | undefined;
  /** Whether what IPv4 and IPv6 say of each link is decoded as well: `inet`, `inet6`. */
  addressFamilies?: boolean | undefined;
}

const details = ['statistics', 'addressFamilies'] as const satisfies (keyof LinkDetails)[];

/** Throws unless a value says which details are wanted. */
export function checkLinkDetails(given: LinkDetails): void {
  checkArgument('options', given);
  for (const name in given) if (!details.includes(name as never)) throw unknownName(name, details);
}

/** IFLA_LINKINFO is decoded apart, since it has properties of the link itself. */
const passedOver = [...ignoredLinkAttributes, IFLA.LINKINFO, IFLA.EXT_MASK, IFLA.TARGET_NETNSID, IFLA.ALT_IFNAME];

/** The kernel sends counters and the settings of address families unasked; decoding them would be most of the work. */
const { statistics, inet, inet6, ...briefFields } = linkFields;
const replies = {
  brief: attributes(briefFields, [...passedOver, ...statistics.numbers]),
  statistics: attributes({ ...briefFields, statistics }, passedOver),
  addressFamilies: attributes({ ...briefFields, inet, inet6 }, [...passedOver, ...statistics.numbers]),
  all: attributes(linkFields, passedOver),
};

/** Index and name alone, which every message about a link begins with. */
export function decodeLinkIdentity(source: Source, start: number, end: number): LinkIdentity {
  const name = findAttribute(source, start + ifinfomsg.size, end, IFLA.IFNAME);
  return {
    index: ifinfomsg.read.index(source, start, end),
    name: name === undefined ? '' : decodeText(source, name.start, name.end),
  };
}

/** Decodes a link's message, without what has to be asked for. */
export const decodeLink = decoder(replies.brief);

const decodersOfDetails = {
  statistics: decoder(replies.statistics),
  addressFamilies: decoder(replies.addressFamilies),
  all: decoder(replies.all),
};

/** Decodes links' messages with what is asked for. */
export function decoderOf({ statistics, addressFamilies }: LinkDetails): typeof decodeLink {
  if (addressFamilies !== true) return statistics === true ? decodersOfDetails.statistics : decodeLink;
  return statistics === true ? decodersOfDetails.all : decodersOfDetails.addressFamilies;
}

function decoder(reply: Pick<AttributeSet<Fields>, 'decodeTo'>): Type<Link>['decode'] {
  return (source, start, end) => decodeWith(reply, source, start, end);
}

function decodeWith(reply: Pick<AttributeSet<Fields>, 'decodeTo'>, source: Source, start: number, end: number): Link {
  const behind = start + ifinfomsg.size;
  const info = findAttribute(source, behind, end, IFLA.LINKINFO);
  const kind = info && decodeKind(source, info);
  const row = takeRow();
  row.set('index', ifinfomsg.read.index(source, start, end));
  row.set('name', undefined);
  if (kind !== undefined) row.set('kind', kind);
  decodeLinkState(row, source, start, end);
  reply.decodeTo(row, source, behind, end);
  if (info !== undefined) decodeLinkInfo(row, kind, source, info);
  const link = row.toObject() as Link;
  returnRow(row);
  return link;
}

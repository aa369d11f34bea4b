import {
  decodeText,
  findAttribute,
  message,
  Rows,
  type Fields,
  type Members,
  type Message,
  type Source,
  type Type,
} from '../codec';
import { checkSwitch, type Check } from '../options';
import { whenNeeded } from '../when-needed';
import { IFLA, ignoredLinkAttributes, linkFields } from './link-attributes';
import { ifinfomsg } from './link-header';
import { decodeKind, linkInfo } from './link-info';
import type { Link } from './link-kinds/types';

/** What identifies a link in its namespace. */
export interface LinkIdentity {
  /** Its number. */
  index: number;
  /** Its name. */
  name: string;
}

/** Parts of a link that are only decoded on request. */
export interface LinkDetails {
  /** Whether counters are fetched as well. */
  statistics?: boolean | undefined;
  /** Whether the settings of IPv4 and IPv6 for each link are decoded, too: `inet`, `inet6`. */
  addressFamilies?: boolean | undefined;
}

/** How they are checked. */
export const linkDetails: Record<keyof LinkDetails, Check> = { statistics: checkSwitch, addressFamilies: checkSwitch };

/** Properties of requests only. */
const ignored = [...ignoredLinkAttributes, IFLA.EXT_MASK, IFLA.TARGET_NETNSID, IFLA.ALT_IFNAME];

/** The kernel always sends counters and the settings of address families; decoding them would be most of the work. */
const { statistics, inet, inet6, ...briefFields } = linkFields;
const withoutStatistics = [...ignored, ...statistics.numbers];
const replies = whenNeeded({
  brief: () => message(ifinfomsg, briefFields, { part: linkInfo, ignored: withoutStatistics }),
  statistics: () => message(ifinfomsg, { ...briefFields, statistics }, { part: linkInfo, ignored }),
  addressFamilies: () =>
    message(ifinfomsg, { ...briefFields, inet, inet6 }, { part: linkInfo, ignored: withoutStatistics }),
  all: () => message(ifinfomsg, linkFields, { part: linkInfo, ignored }),
});

/** Index and name alone, which every message about a link begins with. */
export function decodeLinkIdentity(source: Source, start: number, end: number): LinkIdentity {
  const name = findAttribute(source, start + ifinfomsg.size, end, IFLA.IFNAME);
  return {
    index: ifinfomsg.read.index(source, start, end),
    name: name === undefined ? '' : decodeText(source, name.start, name.end),
  };
}

/** Decodes a link's message, without the parts that have to be asked for. */
export const decodeLink = decoder('brief');

const decodersOfDetails = {
  statistics: decoder('statistics'),
  addressFamilies: decoder('addressFamilies'),
  all: decoder('all'),
};

/** Decodes links' messages with the parts that are asked for. */
export function decoderOf({ statistics, addressFamilies }: LinkDetails): typeof decodeLink {
  if (addressFamilies !== true) return statistics === true ? decodersOfDetails.statistics : decodeLink;
  return statistics === true ? decodersOfDetails.all : decodersOfDetails.addressFamilies;
}

function decoder(name: keyof typeof replies): Type<Link>['decode'] {
  let reply: Pick<Message<Members, Fields>, 'decodeTo'> | undefined;
  let rows: Rows | undefined;
  return (source, start, end) => {
    reply ??= replies[name];
    rows ??= new Rows();
    const info = findAttribute(source, start + ifinfomsg.size, end, IFLA.LINKINFO);
    const kind = info && decodeKind(source, info);
    const row = rows.take();
    // The most important properties come first.
    row.set('index', undefined);
    row.set('name', undefined);
    if (kind !== undefined) row.set('kind', kind);
    reply.decodeTo(row, source, start, end);
    return row.toObject() as Link;
  };
}

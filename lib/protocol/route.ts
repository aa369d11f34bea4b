import {
  AF,
  attributes,
  between,
  choice,
  familyOf,
  field,
  headed,
  ipOf,
  linkIndex,
  parseIp,
  u16be,
  u32,
  uint32be,
  type Encodable,
  type IpFamily,
  type LinkReference,
  type RowOf,
} from '../codec';
import { at, checkObject, wrongValue } from '../errors';
import { familyNumber, type IpFamilyOption } from './family';
import { checkFilter, checkFilterLink } from './filter';
import { NLM_F, type Query } from './netlink';
import { routes, rtmsg, type RouteFields, type RouteProtocol, type RouteTable, type RouteType } from './route-message';
import { RTA, RTM_F } from './route-numbers';
import { rowFilter } from './row-filter';
import { ipProtocols, RTM } from './rtnetlink';

/** A route as the kernel describes it. Can be added again as it is. */
export interface Route extends RowOf<RouteFields> {}

/** Which routes a dump shall have. */
export interface RouteFilter {
  /** Those of one family. */
  family?: IpFamilyOption | undefined;
  /** A table that does not exist has no routes. */
  table?: RouteTable | undefined;
  /** Those that this one made. */
  protocol?: RouteProtocol | undefined;
  /** Those of one type. */
  type?: RouteType | undefined;
  /** A link that packets leave by, of several next hops any. The kernel selects those routes. */
  device?: LinkReference | undefined;
}

function lookupMessage(family: IpFamily) {
  return headed(
    rtmsg,
    attributes({
      destination: field(RTA.DST, ipOf(family)),
      /** The address that the packet bears: of a sender here, or with `inputDevice` of a sender elsewhere. RTA_SRC. */
      source: field(RTA.SRC, ipOf(family)),
      /** The link that it has to leave by. RTA_OIF. */
      device: linkIndex(RTA.OIF),
      /** The link that it came in by: how it would be forwarded or taken in. RTA_IIF. */
      inputDevice: linkIndex(RTA.IIF),
      /** Its mark, that rules ask for. RTA_MARK. */
      mark: u32(RTA.MARK),
      /** IPv6: its flow label, 0 to 0xfffff. RTA_FLOWLABEL, since 6.14. */
      flowLabel: field(RTA.FLOWLABEL, between(uint32be, 0, 0xfffff)),
      /** The user that sends it, that rules ask for; root by default. RTA_UID. */
      uid: u32(RTA.UID),
      /** The protocol above IP. RTA_IP_PROTO, since 4.18. */
      ipProtocol: choice(RTA.IP_PROTO, ipProtocols),
      /** RTA_SPORT, since 4.18. */
      sourcePort: u16be(RTA.SPORT),
      /** RTA_DPORT, since 4.18. */
      destinationPort: u16be(RTA.DPORT),
    }),
  );
}

const lookupMessages = { inet: lookupMessage('inet'), inet6: lookupMessage('inet6') } as const;
type LookupFields = (typeof lookupMessages)['inet']['attributes']['fields'];

/** What is known of a packet whose route is looked up. */
export interface RouteLookup extends Omit<Encodable<LookupFields>, 'destination'> {
  /** Its type of service. */
  tos?: number | undefined;
  /** Whether the table's own route is wanted instead of what it gives for this packet. */
  fibMatch?: boolean | undefined;
}

const filters = ['table', 'protocol', 'type'] satisfies (keyof RouteFilter)[];

/** Asks for the routes that a filter describes. */
export function listRoutes(filter: RouteFilter = {}): Query<Route> {
  checkFilter(filter);
  const { device, ...rest } = filter;
  checkFilterLink('device', device);
  // The kernel takes number 0 of a table, protocol or type for no filter, has only some tables if it is built so, and answers with
  // all families when asked for IPv6 without having it.
  const { family, isWanted } = rowFilter('routes', rest, filters, routes.inet);
  const { table, protocol, type } = rest;
  return {
    name: 'RTM_GETROUTE',
    type: RTM.GETROUTE,
    flags: NLM_F.DUMP,
    subject: table === undefined ? 'routes' : `routes of table ${String(table)}`,
    locate: routes.locate,
    decode(source, start, end) {
      const route = decodeRoute(source, start, end);
      return route !== undefined && isWanted(route) ? route : undefined;
    },
    encode(writer) {
      const header = { family: familyNumber(family) };
      routes.inet.encode(writer, { table, protocol, type, device }, { header, only: ofDumps });
    },
  };
}

const ofDumps = new Set([...filters, 'device']);

/** Asks which route a packet to an address would take. */
export function getRoute(destination: string, lookup: RouteLookup = {}): Query<Route> {
  checkObject('options', lookup);
  const family = at('destination', () => familyOf(parseIp(destination)));
  return {
    name: 'RTM_GETROUTE',
    type: RTM.GETROUTE,
    flags: 0,
    subject: `route to ${destination}`,
    locate: (source, start, end, offset) => lookupMessages[family].locate(source, start, end, offset),
    decode: decodeRoute,
    encode(writer) {
      const { tos, fibMatch, ...values } = lookup;
      if (family === 'inet' && values.flowLabel !== undefined) {
        throw wrongValue('is a property of IPv6 packets only', 'flowLabel');
      }
      const length = bitsOf(family);
      // IPv6 names the table anyway, and refuses to be asked to.
      const flags = (family === 'inet' ? RTM_F.LOOKUP_TABLE : 0) | (fibMatch === true ? RTM_F.FIB_MATCH : 0);
      const sourceLength = values.source === undefined ? 0 : length;
      const header = { family: AF[family], destinationLength: length, sourceLength, tos, flags };
      lookupMessages[family].encode(writer, header, { ...values, destination });
    },
  };
}

/** Decodes a route's message; undefined for families other than IPv4 and IPv6: MPLS, and multicast forwarding. */
export const decodeRoute = routes.decode;

function bitsOf(family: IpFamily): number {
  return family === 'inet' ? 32 : 128;
}

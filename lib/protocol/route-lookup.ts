import {
  AF,
  between,
  choice,
  familyOf,
  field,
  ipOf,
  someLinkIndex,
  member,
  memberBit,
  message,
  parseIp,
  required,
  u16be,
  u32,
  uint32be,
  type Field,
  type IpFamily,
  type OptionsOf,
} from '../codec';
import { at, checkArgument } from '../errors';
import { ofEachFamily, onlyIn } from './family';
import type { Query } from './netlink';
import { decodeRoute, type Route } from './route';
import { rtmsg } from './route-message';
import { RTA, RTM_F } from './route-numbers';
import { ipProtocols, RTM } from './rtnetlink';

/** A whole address, whose length is a member of the header. */
function host(number: number, family: IpFamily, lengthMember: 'destinationLength' | 'sourceLength'): Field<string> {
  const type = ipOf(family);
  const address = field(number, type);
  return {
    ...address,
    members: [lengthMember],
    encode(writer, value) {
      address.encode(writer, value);
      writer.bytes[writer.header + rtmsg.offsets[lengthMember]] = 8 * type.size;
    },
  };
}

function lookupFields(family: IpFamily) {
  return {
    destination: required(host(RTA.DST, family, 'destinationLength'), 'must be an IP address'),
    /** The packet's source address: of a sender on this host, or with `inputDevice` of another sender. RTA_SRC. */
    source: host(RTA.SRC, family, 'sourceLength'),
    /** The link by which it has to leave. RTA_OIF. */
    device: someLinkIndex(RTA.OIF),
    /** The link by which it came in: how it would be forwarded or received. RTA_IIF. */
    inputDevice: someLinkIndex(RTA.IIF),
    /** Its type of service. */
    tos: member(rtmsg, 'tos'),
    /** Its mark, for rules. RTA_MARK. */
    mark: u32(RTA.MARK),
    /** IPv6: its flow label, 0 to 0xfffff. RTA_FLOWLABEL, since 6.14. */
    flowLabel: onlyIn('inet6', family, 'packets')(field(RTA.FLOWLABEL, between(uint32be, 0, 0xfffff))),
    /** The user that sends it, for rules; root by default. RTA_UID. */
    uid: u32(RTA.UID),
    /** The protocol above IP. RTA_IP_PROTO, since 4.18. */
    ipProtocol: choice(RTA.IP_PROTO, ipProtocols),
    /** Its source port, for rules. RTA_SPORT, since 4.18. */
    sourcePort: u16be(RTA.SPORT),
    /** Its destination port, for rules. RTA_DPORT, since 4.18. */
    destinationPort: u16be(RTA.DPORT),
    /** Whether to return the table's route instead of the one derived from it for this packet. RTM_F_FIB_MATCH. */
    fibMatch: memberBit(rtmsg, 'flags', RTM_F.FIB_MATCH),
  } as const;
}

export const lookups = ofEachFamily((family) => message(rtmsg, lookupFields(family)));

/** Properties of a packet whose route is looked up. */
export interface RouteLookup extends Omit<OptionsOf<ReturnType<typeof lookupFields>>, 'destination'> {}

/** The request for the route that a packet to an address would take. */
export function getRoute(destination: string, lookup: RouteLookup = {}): Query<Route> {
  checkArgument('options', lookup, "{ device: 'eth0' }");
  const family = at('destination', () => familyOf(parseIp(destination)));
  return {
    name: 'RTM_GETROUTE',
    type: RTM.GETROUTE,
    flags: 0,
    subject: `route to ${destination}`,
    locate: lookups.locate,
    decode: decodeRoute,
    encode(writer) {
      // IPv6 always reports the table, and refuses the flag that asks for it.
      const flags = family === 'inet' ? RTM_F.LOOKUP_TABLE : 0;
      lookups[family].encode(writer, { ...lookup, destination }, { header: { family: AF[family], flags } });
    },
  };
}

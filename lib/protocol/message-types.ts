/* eslint-disable @typescript-eslint/no-require-imports -- a family is loaded when a message of it is first asked for */
import { AF, type Fields, type Members, type Message } from '../codec';
import { whenNeeded } from '../when-needed';
import type * as Address from './address';
import type * as FdbMessage from './fdb-message';
import type * as Link from './link';
import type * as LinkNames from './link-names';
import type * as NamespaceId from './namespace-id';
import type * as Neighbor from './neighbor';
import type * as NexthopBucket from './nexthop-bucket';
import type * as NexthopMessage from './nexthop-message';
import type * as Qdisc from './qdisc';
import type * as RouteLookup from './route-lookup';
import type * as RouteMessage from './route-message';
import { RTM } from './rtnetlink';
import type * as Rule from './rule';

const families = whenNeeded({
  address: () => require('./address') as typeof Address,
  fdb: () => require('./fdb-message') as typeof FdbMessage,
  link: () => require('./link') as typeof Link,
  linkNames: () => require('./link-names') as typeof LinkNames,
  namespaceId: () => require('./namespace-id') as typeof NamespaceId,
  neighbor: () => require('./neighbor') as typeof Neighbor,
  nexthop: () => require('./nexthop-message') as typeof NexthopMessage,
  nexthopBucket: () => require('./nexthop-bucket') as typeof NexthopBucket,
  qdisc: () => require('./qdisc') as typeof Qdisc,
  routeLookup: () => require('./route-lookup') as typeof RouteLookup,
  route: () => require('./route-message') as typeof RouteMessage,
  rule: () => require('./rule') as typeof Rule,
});

/** The declaration of a message with any header and fields. */
export type DeclaredMessage = Pick<Message<Members, Fields>, 'header' | 'fields' | 'decode' | 'encode'>;

/** Gives a declaration: that of the address family, where it depends on that. */
type Declaration = (family: number) => object;

const ofFamily = (messages: { inet: object; inet6: object }, family: number) =>
  family === AF.inet6 ? messages.inet6 : messages.inet;
const link = () => families.link.linkMessage;
const alternativeNames = () => families.linkNames.alternativeNames;
const address = (family: number) => ofFamily(families.address.address, family);
const route = (family: number) => ofFamily(families.route.routes, family);
const neighbor = (family: number) =>
  family === AF.bridge ? families.fdb.fdb : ofFamily(families.neighbor.neighbor, family);
const rule = (family: number) => ofFamily(families.rule.rules, family);
const qdisc = () => families.qdisc.qdisc;
const namespaceId = () => families.namespaceId.namespaceIdMessage;
const nexthop = () => families.nexthop.nexthop;

/** The declaration for each type of message. */
const declarations: Readonly<Record<keyof typeof RTM, Declaration>> = {
  NEWLINK: link,
  DELLINK: link,
  GETLINK: () => families.link.linkQuestion,
  SETLINK: link,
  NEWLINKPROP: alternativeNames,
  DELLINKPROP: alternativeNames,
  NEWADDR: address,
  DELADDR: address,
  GETADDR: address,
  NEWROUTE: route,
  DELROUTE: route,
  GETROUTE: (family) => ofFamily(families.routeLookup.lookups, family),
  NEWNEIGH: neighbor,
  DELNEIGH: neighbor,
  GETNEIGH: neighbor,
  NEWRULE: rule,
  DELRULE: rule,
  GETRULE: rule,
  NEWQDISC: qdisc,
  DELQDISC: qdisc,
  GETQDISC: qdisc,
  NEWNSID: namespaceId,
  DELNSID: namespaceId,
  GETNSID: namespaceId,
  NEWNEXTHOP: nexthop,
  DELNEXTHOP: nexthop,
  GETNEXTHOP: () => families.nexthop.nexthopQuery,
  GETNEXTHOPBUCKET: () => families.nexthopBucket.bucketQuery,
};

const names = new Map<number, keyof typeof RTM>(
  Object.entries(RTM).map(([name, type]) => [type, name as keyof typeof RTM]),
);

/** The name of a type of message: 'RTM_NEWLINK'. Undefined for one that is not known here. */
export function nameOfType(type: number): string | undefined {
  const name = names.get(type);
  return name && `RTM_${name}`;
}

/** The declaration of a type of message, of an address family. Undefined for a type that is not known here. */
export function messageOf(type: number, family: number): DeclaredMessage | undefined {
  const name = names.get(type);
  return name && (declarations[name](family) as DeclaredMessage);
}

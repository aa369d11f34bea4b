import { AF, type Fields, type Members, type Message } from '../codec';
import { address } from './address';
import { fdb } from './fdb-message';
import { alternativeNames, linkMessage, linkQuestion } from './link';
import { namespaceIdMessage } from './namespace-id';
import { neighbor } from './neighbor';
import { nexthop, nexthopQuery } from './nexthop-message';
import { bucketQuery } from './nexthop-bucket';
import { qdisc } from './qdisc';
import { lookups } from './route-lookup';
import { routes } from './route-message';
import { RTM } from './rtnetlink';
import { rules } from './rule';

/** The declaration of a message with any header and fields. */
export type DeclaredMessage = Pick<Message<Members, Fields>, 'header' | 'fields' | 'decode' | 'encode'>;

/** A declaration, or those of the address families that it depends on. */
type Declaration = object | ((family: number) => object);

const ofFamily = (messages: { inet: object; inet6: object }) => (family: number) =>
  family === AF.inet6 ? messages.inet6 : messages.inet;
const ofNeighbors = (family: number) => (family === AF.bridge ? fdb : ofFamily(neighbor)(family));

/** The declaration for each type of message. */
const declarations: Readonly<Record<keyof typeof RTM, Declaration>> = {
  NEWLINK: linkMessage,
  DELLINK: linkMessage,
  GETLINK: linkQuestion,
  SETLINK: linkMessage,
  NEWLINKPROP: alternativeNames,
  DELLINKPROP: alternativeNames,
  NEWADDR: ofFamily(address),
  DELADDR: ofFamily(address),
  GETADDR: ofFamily(address),
  NEWROUTE: ofFamily(routes),
  DELROUTE: ofFamily(routes),
  GETROUTE: ofFamily(lookups),
  NEWNEIGH: ofNeighbors,
  DELNEIGH: ofNeighbors,
  GETNEIGH: ofNeighbors,
  NEWRULE: ofFamily(rules),
  DELRULE: ofFamily(rules),
  GETRULE: ofFamily(rules),
  NEWQDISC: qdisc,
  DELQDISC: qdisc,
  GETQDISC: qdisc,
  NEWNSID: namespaceIdMessage,
  DELNSID: namespaceIdMessage,
  GETNSID: namespaceIdMessage,
  NEWNEXTHOP: nexthop,
  DELNEXTHOP: nexthop,
  GETNEXTHOP: nexthopQuery,
  GETNEXTHOPBUCKET: bucketQuery,
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
  if (name === undefined) return undefined;
  const declaration = declarations[name];
  return (
    typeof declaration === 'function' ? (declaration as (family: number) => object)(family) : declaration
  ) as DeclaredMessage;
}

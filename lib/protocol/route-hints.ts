import { ERRNO } from '../errno';
import { ofUnknownIndex, type Hint, type Request } from './netlink';
import type { RouteOptions } from './route-request';

/** What the kernel says of a property of a route or nexthop, without pointing at it. */
interface Saying {
  says: RegExp;
  property: string;
  text?: string;
}

const toGateway: Hint = { property: 'gateway', text: 'no link that is up has a route to it' };

const ofGateway: Saying = { says: /invalid gateway/i, ...toGateway, property: 'gateway' };
const ofLinkDown: Saying = { says: /not up$/i, property: 'device', text: 'set the link up first' };

const ofRoutes: readonly Saying[] = [
  { says: /prefsrc/i, property: 'preferredSource', text: 'no link here has this address' },
  { says: /congestion/i, property: 'metrics.congestionControl' },
  { says: /egress device/i, property: 'device', text: 'a link-local gateway is behind a device, which is to be named' },
  { says: /nexthop id/i, property: 'nexthopId' },
  { says: /host scope/i, property: 'scope' },
  { says: /for this route type/i, property: 'type' },
  { says: /\bRTA_(GATEWAY|VIA)\b/, property: 'nexthops', text: 'give a gateway or nexthops, not both' },
];

function told(sayings: readonly Saying[], kernelMessage: string | undefined): Hint | undefined {
  const found = kernelMessage === undefined ? undefined : sayings.find(({ says }) => says.test(kernelMessage));
  return found && { property: found.property, text: found.text };
}

const leadsNowhere: Request['hint'] = (errno, said) =>
  errno === ERRNO.ENODEV ? { text: 'it wants a gateway, a device, nexthops or a nexthopId' } : told(ofRoutes, said);

/** A gateway that cannot be reached, of a route that has one. */
function unreachable(errno: number, said: string | undefined): Hint | undefined {
  const isUnreachable = errno === ERRNO.EHOSTUNREACH || errno === ERRNO.ENETUNREACH;
  return said === undefined && isUnreachable ? toGateway : undefined;
}

const ofOneHop: Request['hint'] = (errno, said) => told([ofGateway, ...ofRoutes], said) ?? unreachable(errno, said);
const ofDevice: Request['hint'] = (errno, said) => told([ofLinkDown], said) ?? ofOneHop(errno, said);
const ofIndex: Request['hint'] = (...refusal) => ofUnknownIndex(1)!(...refusal) ?? ofDevice(...refusal);
const ofHops: Request['hint'] = (_errno, said) => told(ofRoutes, said);

/** The hint for a new route that the kernel refused: one function for all routes that are told alike, of which there may be many. */
export function hintOfNewRoute(options: RouteOptions): Request['hint'] {
  const { gateway, device, nexthops, nexthopId } = options ?? {};
  if (typeof device === 'number') return ofIndex;
  if (device !== undefined) return ofDevice;
  if (nexthops !== undefined) return ofHops;
  return gateway === undefined && nexthopId === undefined ? leadsNowhere : ofOneHop;
}

/** The hint for a new nexthop that the kernel refused. */
export const hintOfNexthop: Request['hint'] = (errno, said) =>
  told([ofGateway], said) ?? unreachable(errno, said) ?? told(ofNexthops, said);

const ofNexthops: readonly Saying[] = [
  { says: /invalid nexthop id/i, property: 'group', text: 'there is no nexthop of one of these ids' },
];

/** The same for one that discards packets, which takes the loopback device for that. */
export const hintOfBlackhole: Request['hint'] = (_errno, said) =>
  told([{ says: /not up$/i, property: 'blackhole', text: "it needs the link 'lo' to be up" }], said);

/** The same for one that has a link. */
export const hintOfNexthopOfLink: Request['hint'] = (errno, said) =>
  told([ofLinkDown], said) ?? hintOfNexthop(errno, said);

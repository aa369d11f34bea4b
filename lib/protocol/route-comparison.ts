import { isDeepStrictEqual } from 'node:util';

import type { Values } from '../codec';

// How the kernel compares routes to the same destination when it looks for the one that a request deletes.

/** The compared properties of a hop. */
interface Hop {
  device?: unknown;
  gateway?: unknown;
  realm?: unknown;
  encap?: unknown;
}

function hopsOf(route: Values): readonly Hop[] {
  return (route.nexthops as readonly Hop[] | undefined) ?? [route];
}

function isAskedOf(own: unknown, asked: unknown): boolean {
  return asked === undefined || isDeepStrictEqual(own, asked);
}

/** If neither link nor gateway is given, the rest of a hop is ignored. */
function isOneHop(own: Hop, asked: Hop): boolean {
  if (asked.device === undefined && asked.gateway === undefined) return true;
  return (
    isAskedOf(own.device, asked.device) &&
    isAskedOf(own.gateway, asked.gateway) &&
    isAskedOf(own.realm, asked.realm) &&
    isAskedOf(own.encap, asked.encap)
  );
}

/** Several hops are compared in the order of the route's hops; further hops in the request are ignored. */
function ipv4HopsFit(route: Values, described: Values): boolean {
  if (described.nexthopId !== undefined) return route.nexthopId === described.nexthopId;
  const asked = hopsOf(described);
  if (route.nexthopId !== undefined)
    return asked.every(({ device, gateway }) => device === undefined && gateway === undefined);
  const own = hopsOf(route);
  if (described.nexthops === undefined) return isOneHop(own[0]!, asked[0]!);
  return own.every(
    (hop, index) =>
      asked[index] !== undefined && isOneHop({ ...hop, encap: undefined }, { ...asked[index], encap: undefined }),
  );
}

/**
 * Each hop is a route of its own in the kernel, and deleted by itself; one through a nexthop object matches any hops.
 */
function ipv6HopsFit(route: Values, described: Values): boolean {
  if (described.nexthopId !== undefined) return route.nexthopId === described.nexthopId;
  if (route.nexthopId !== undefined) return true;
  const own = hopsOf(route);
  return hopsOf(described).some((asked) =>
    own.some(({ device, gateway }) => isAskedOf(device, asked.device) && isAskedOf(gateway, asked.gateway)),
  );
}

/** Whether the hops of a route match those of a request. */
export const hopsFit = { inet: ipv4HopsFit, inet6: ipv6HopsFit } as const;

/** A route without a source prefix is another one than the same with one. */
export function sourceFits(route: Values, described: Values): boolean {
  return route.source === described.source;
}

/** Only metrics in the request are compared, and absent ones of the route count as 0. */
export function metricsFit(route: Values, described: Values): boolean {
  const own = (route.metrics ?? {}) as Values;
  const asked = (described.metrics ?? {}) as Values;
  return Object.entries(asked).every(([name, value]) => isDeepStrictEqual(own[name] ?? 0, value));
}

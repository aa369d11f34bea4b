import { isDeepStrictEqual } from 'node:util';

import type { Values } from '../codec';

// What the kernel compares of routes to the same destination when it looks for the one that a request deletes.

/** A way that a route takes, as far as it is compared. */
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

/** Where neither link nor gateway is asked for, the rest of a hop is not looked at. */
function isOneHop(own: Hop, asked: Hop): boolean {
  if (asked.device === undefined && asked.gateway === undefined) return true;
  return (
    isAskedOf(own.device, asked.device) &&
    isAskedOf(own.gateway, asked.gateway) &&
    isAskedOf(own.realm, asked.realm) &&
    isAskedOf(own.encap, asked.encap)
  );
}

/** Of several hops those of the route are compared in their order, and those that are asked for beyond them not at all. */
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

/** Each hop is a route of its own in the kernel, deleted by itself; one through a nexthop object goes whatever hops are asked for. */
function ipv6HopsFit(route: Values, described: Values): boolean {
  if (described.nexthopId !== undefined) return route.nexthopId === described.nexthopId;
  if (route.nexthopId !== undefined) return true;
  const own = hopsOf(route);
  return hopsOf(described).some((asked) =>
    own.some(({ device, gateway }) => isAskedOf(device, asked.device) && isAskedOf(gateway, asked.gateway)),
  );
}

/** Whether the ways that a route takes are those that are described. */
export const hopsFit = { inet: ipv4HopsFit, inet6: ipv6HopsFit } as const;

/** A route without a prefix of sources is another one than that with one. */
export function sourceFits(route: Values, described: Values): boolean {
  return route.source === described.source;
}

/** Of the metrics those are compared that are described, and absent ones are 0. */
export function metricsFit(route: Values, described: Values): boolean {
  const own = (route.metrics ?? {}) as Values;
  const asked = (described.metrics ?? {}) as Values;
  return Object.entries(asked).every(([name, value]) => isDeepStrictEqual(own[name] ?? 0, value));
}

import { inspect } from 'node:util';

import fc from 'fast-check';

import type { NetworkNamespace } from '../../../lib';

/** The namespaces that calls are made in. */
export type Place = 'a' | 'b';

/** Those, and one that nothing is asked of: ends of pairs are put there that shall be nothing to the others. */
export type World = Readonly<Record<Place | 'aside', NetworkNamespace>>;

/** A namespace among the arguments of a call: that of the world in which the call is made. */
export class InPlace {
  constructor(readonly place: keyof World) {}

  [inspect.custom](): string {
    return this.place;
  }
}

/** A call as data, so that it can be made in several worlds and shown when they differ. */
export class Call {
  constructor(
    readonly on: Place,
    /** 'links.add', 'ethtool.features.set' */
    readonly verb: string,
    /** Plain objects, and namespaces as {@link InPlace}. */
    readonly given: readonly unknown[],
    /** Also works in a namespace that the call does not name, so that no law orders it: it is awaited, with nothing beside it. */
    readonly isAlone = false,
  ) {}

  /** Makes the call. What it throws is an outcome too, and a different one from a rejection. */
  make(world: World): Promise<unknown> {
    const path = this.verb.split('.');
    const method = path.pop()!;
    let target = world[this.on] as unknown as Record<string, unknown>;
    for (const name of path) target = target[name] as Record<string, unknown>;
    try {
      return (target as Record<string, Verb>)[method]!(
        ...(mapped(this.given, ({ place }) => world[place]) as unknown[]),
      );
    } catch (error) {
      return Promise.reject(new Error('threw instead of rejecting', { cause: error }));
    }
  }

  /** As a program would have it: "a.links.set('v0', { up: true })". */
  toString(): string {
    const text = this.given.map((one) => inspect(one, { depth: Infinity, breakLength: Infinity }));
    return `${this.on}.${this.verb}(${text.join(', ')})`;
  }

  [fc.toStringMethod](): string {
    return `\n  ${this.toString()}`;
  }
}

type Verb = (...given: unknown[]) => Promise<unknown>;

/** A copy of plain objects with other things in place of namespaces. */
export function mapped(value: unknown, map: (one: InPlace) => unknown): unknown {
  if (value instanceof InPlace) return map(value);
  if (Array.isArray(value)) return value.map((one) => mapped(one, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapped(one, map)]));
}

/** Gives each link that calls make an address of its own, by which it is known whatever its name and number. */
export function withOwnAddresses(calls: readonly Call[]): Call[] {
  return calls.map((call, position) => {
    if (call.verb !== 'links.add') return call;
    const [options] = call.given;
    const given = Array.isArray(options)
      ? options.map((one, element) => addressed(one as object, position, element))
      : addressed(options as object, position, 0);
    return new Call(call.on, call.verb, [given], call.isAlone);
  });
}

function addressed(options: { peer?: object }, position: number, element: number): object {
  const own = { ...options, address: address(position, 2 * element) };
  if (options.peer === undefined) return own;
  return { ...own, peer: { ...options.peer, address: address(position, 2 * element + 1) } };
}

function address(position: number, end: number): string {
  return `02:00:00:00:${position.toString(16).padStart(2, '0')}:${end.toString(16).padStart(2, '0')}`;
}

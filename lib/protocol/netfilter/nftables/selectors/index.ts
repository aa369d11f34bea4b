import { fib, ipsec, numgen, osf, payload, tunnel } from './families';
import { isFamily, type SelectorFamily } from './family';
import { jhash, symhash } from './hashes';
import { headers } from './headers';
import { extensions, ipOptions, tcpOptions } from './options';
import { sctpChunks } from './sctp-chunks';
import { connection, packet, route, socket } from './packet';
import { isSelector, type Load, type Selector, type SelectorTree } from './selector';

/** What stands under a name of its own. */
interface Others {
  /** The connection that it belongs to. */
  readonly ct: typeof connection;
  /** The socket that it is for. */
  readonly socket: typeof socket;
  /** Its route. */
  readonly rt: typeof route;
  /** Extension headers of IPv6. */
  readonly exthdr: typeof extensions;
  /** Options of IPv4. */
  readonly ipOption: typeof ipOptions;
  /** Options of TCP. */
  readonly tcpOption: typeof tcpOptions;
  /** Chunks of SCTP. */
  readonly sctpChunk: typeof sctpChunks;
  /** What the routing table says of it. `fib saddr . iif oif missing`. */
  readonly fib: typeof fib;
  /** A number of its own. `numgen random mod 4`. */
  readonly numgen: typeof numgen;
  /** A number that is the same for the same values. `jhash ip saddr mod 4`. */
  readonly jhash: typeof jhash;
  /** A number that is the same for all packets of a connection. `symhash mod 4`. */
  readonly symhash: typeof symhash;
  /** Bytes that have no name. `@th,16,16`. */
  readonly payload: typeof payload;
  /** The operating system that its connection is opened by. `osf name`. */
  readonly osf: typeof osf;
  /** What IPsec does with it. `ipsec in reqid 1`. */
  readonly ipsec: typeof ipsec;
  /** The tunnel that it came by, or goes by. */
  readonly tunnel: typeof tunnel;
}

const others: Others = {
  ...{ ct: connection, socket, rt: route, exthdr: extensions, ipOption: ipOptions, tcpOption: tcpOptions },
  ...{ sctpChunk: sctpChunks, fib, numgen, jhash, symhash, payload, osf, ipsec, tunnel },
};

/** All that a rule can ask of a packet, by the names that stand in `match`. */
export const selectors = { ...packet, ...headers, ...others } as object as SelectorTree;

/** What these are. Put together by name, since types keep no description of what they copy. */
export type Selectors = typeof packet & typeof headers & Others;

/** A selector, and where it stands: ['ip', 'source']. */
export interface Named {
  readonly path: readonly string[];
  /** Where it stands as a field, if that is another place: the index of a link. */
  readonly fieldPath?: readonly string[];
  readonly selector: Selector;
  /** The family that it is of, and what tells it from the others of that. */
  readonly family?: SelectorFamily;
  readonly parameters?: object;
}

function* eachOf(tree: SelectorTree, path: readonly string[] = []): Generator<Named> {
  for (const [name, one] of Object.entries(tree)) {
    if (isSelector(one)) yield { path: [...path, name], selector: one };
    else if (!isFamily(one)) yield* eachOf(one, [...path, name]);
  }
}

let all: readonly Named[] | undefined;

export function everySelector(): readonly Named[] {
  return (all ??= [...eachOf(selectors)]);
}

interface NamedFamily {
  readonly path: readonly string[];
  readonly family: SelectorFamily;
}

/** The families by what they load; bytes without a name come last, where nothing else has words for them. */
export const familiesByLoad: Partial<Record<NonNullable<Load['kind']>, readonly NamedFamily[]>> = {
  fib: [{ path: ['fib'], family: fib }],
  numgen: [{ path: ['numgen'], family: numgen }],
  hash: [
    { path: ['jhash'], family: jhash },
    { path: ['symhash'], family: symhash },
  ],
  osf: [{ path: ['osf'], family: osf }],
  xfrm: [{ path: ['ipsec'], family: ipsec }],
  exthdr: [{ path: ['tcpOption', 'other'], family: tcpOptions.other }],
  socket: [{ path: ['socket', 'cgroup'], family: socket.cgroup }],
  tunnel: [{ path: ['tunnel'], family: tunnel }],
};

/** Bytes without a name. */
export const unnamedBytes: NamedFamily = { path: ['payload'], family: payload };

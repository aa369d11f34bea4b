import { headers } from './headers';
import { connection, packet, route, socket } from './packet';
import { isSelector, type Selector, type SelectorTree } from './selector';

/** What stands under a name of its own. */
interface Others {
  /** The connection that it belongs to. */
  readonly ct: typeof connection;
  /** The socket that it is for. */
  readonly socket: typeof socket;
  /** Its route. */
  readonly rt: typeof route;
}

/** All that a rule can ask of a packet, by the names that stand in `match`. */
export const selectors: SelectorTree = { ...packet, ...headers, ct: connection, socket, rt: route };

/** What these are. Put together by name, since types keep no description of what they copy. */
export type Selectors = typeof packet & typeof headers & Others;

/** A selector, and where it stands: ['ip', 'source']. */
export interface Named {
  readonly path: readonly string[];
  readonly selector: Selector;
}

function* eachOf(tree: SelectorTree, path: readonly string[] = []): Generator<Named> {
  for (const [name, one] of Object.entries(tree)) {
    if (isSelector(one)) yield { path: [...path, name], selector: one };
    else yield* eachOf(one, [...path, name]);
  }
}

let all: readonly Named[] | undefined;

export function everySelector(): readonly Named[] {
  return (all ??= [...eachOf(selectors)]);
}

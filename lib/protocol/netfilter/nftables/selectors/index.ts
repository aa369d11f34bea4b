import { headers } from './headers';
import { connection, packet, route, socket } from './packet';
import { isSelector, type Selector, type SelectorTree } from './selector';

/** All that a rule can ask of a packet, by the names that stand in `match`. */
export const selectors = { ...packet, ...headers, ct: connection, socket, rt: route } as const;

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

import { NamespaceError } from '../errors';
import type { NamespaceIdentity } from '../protocol/namespace-reference';
import type { Outcome } from '../transport/runtime';
import type { Where } from '../where';

/** What the addon reports of an open namespace. */
export interface Opened extends NamespaceIdentity {
  fd: number;
}

/** The namespace that an operation of the addon made or opened. */
export function openedBy({ values }: Outcome): Opened {
  return { fd: values[1]!, device: values[2]!, inode: values[3]! };
}

/** The outcome of a success; throws a NamespaceError otherwise. */
export function succeed(outcome: Outcome, where: Where): Outcome {
  if (outcome.errno === 0) return outcome;
  throw new NamespaceError({ errno: outcome.errno, syscall: outcome.call ?? 'unknown', where });
}

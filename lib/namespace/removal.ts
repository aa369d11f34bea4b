import { decodeText, hostOrder, sourceOf } from '../codec';
import { ERRNO } from '../errno';
import { NamespaceError } from '../errors';
import { begin, operate, type Outcome } from '../transport/runtime';
import type { NamespaceIdentity } from '../protocol/namespace-reference';
import { atPlace, inNamespace } from '../where';
import { NAMESPACE_DIRECTORY } from './names';
import { succeed } from './outcome';

/** The error of a removal. */
interface RemovalFailure {
  errno: number;
  syscall: string;
}

interface Removal {
  name: string;
  /** 0 for any namespace that the name leads to. */
  device: number;
  inode: number;
  resolve: (failure: RemovalFailure | undefined) => void;
  reject: (error: unknown) => void;
}

let asked: Removal[] = [];

/**
 * Removes the file that keeps a named namespace. The namespace ends when the last process and descriptor have released
 * it. A name that leads to another namespace than `expected` is not removed.
 */
export async function removeNamespace(name: string, expected?: NamespaceIdentity): Promise<void> {
  const { device, inode } = expected ?? { device: 0, inode: 0 };
  const failure = await new Promise<RemovalFailure | undefined>((resolve, reject) => {
    if (asked.length === 0) queueMicrotask(removeAsked);
    asked.push({ name, device, inode, resolve, reject });
  });
  if (failure !== undefined) throw new NamespaceError({ ...failure, where: inNamespace(name) });
}

/**
 * Removals of one turn of the event loop are done together, and settled when all are done: only then do the callers
 * close the namespaces. Removing a name waits for RCU, which takes ten times as long once the kernel has namespaces to
 * end.
 */
function removeAsked(): void {
  const removals = asked;
  asked = [];
  const names = removals.map(({ name }) => name);
  const identities = Float64Array.from(removals.flatMap(({ device, inode }) => [device, inode]));
  const settle = (outcome: Outcome) => {
    tell(removals, failuresIn(outcome));
  };
  try {
    begin({ settle }, (addon, id) => {
      addon.removeNamespaces(id, NAMESPACE_DIRECTORY, names, identities);
    });
  } catch (error) {
    for (const { reject } of removals) reject(error);
  }
}

/**
 * Removes those names that are plain files which are not about to be used, and resolves with them. Rejects only where
 * none was removed.
 */
export async function removeLeftOver(names: readonly string[]): Promise<string[]> {
  const outcome = await operate((addon, id) => {
    addon.removeNamespaces(id, NAMESPACE_DIRECTORY, names, undefined);
  });
  const failureOf = failuresIn(succeed(outcome, atPlace(`'${NAMESPACE_DIRECTORY}'`)));
  const removed = names.filter((_, index) => failureOf(index) === undefined);
  if (removed.length > 0) return removed;
  for (const [index, name] of names.entries()) {
    const failure = failureOf(index);
    // In use by now, or gone.
    if (failure === undefined || failure.errno === ERRNO.EEXIST || failure.errno === ERRNO.ENOENT) continue;
    throw new NamespaceError({ ...failure, where: inNamespace(name) });
  }
  return [];
}

/** Promises settled in one turn: what their callers do then takes the event loop some 10 us each. */
const TOLD_IN_TURN = 64;

function tell(removals: readonly Removal[], failureOf: (index: number) => RemovalFailure | undefined, first = 0): void {
  const next = Math.min(first + TOLD_IN_TURN, removals.length);
  for (let index = first; index < next; index++) removals[index]!.resolve(failureOf(index));
  if (next < removals.length) setImmediate(tell, removals, failureOf, next);
}

/** Bytes of a record of what failed: u32 index, i32 errno, char call[16]. */
const RECORD_SIZE = 24;

/** The error of each removal, by its index. */
function failuresIn({ errno, call = 'unknown', data }: Outcome): (index: number) => RemovalFailure | undefined {
  // The operation itself failed.
  if (errno !== 0) return () => ({ errno, syscall: call });
  if (data === undefined) return () => undefined;
  const source = sourceOf(data);
  const failures = new Map<number, RemovalFailure>();
  for (let at = 0; at < data.byteLength; at += RECORD_SIZE) {
    const syscall = decodeText(source, at + 8, at + RECORD_SIZE);
    failures.set(source.view.getUint32(at, hostOrder), { errno: source.view.getInt32(at + 4, hostOrder), syscall });
  }
  return (index) => failures.get(index);
}

import type { Handle } from '../native';
import type { NamespaceIdentity } from '../protocol/namespace-reference';
import { operate } from '../transport/runtime';
import { atPlace, inNamespace, inNamespaceCalled, type Where } from '../where';
import { failureToOpen } from './failure-to-open';
import { NamespaceHandle } from './handle';
import { openedBy, succeed, type Opened } from './outcome';

/**
 * Opens the file of a namespace, following symbolic links. Rejects with ESTALE if it is another namespace than
 * expected.
 */
export async function openHandle(
  file: string,
  name: string | undefined,
  expected?: NamespaceIdentity,
): Promise<NamespaceHandle> {
  const outcome = await operate((addon, id) => {
    addon.openNamespace(id, file, expected?.device, expected?.inode);
  });
  const { errno, call: syscall = 'unknown' } = outcome;
  if (errno !== 0) throw failureToOpen(file, name, { errno, syscall });
  const opened = openedBy(outcome);
  const there = name === undefined ? inNamespaceCalled(`'${file}'`, opened.inode) : inNamespace(name, opened.inode);
  return handleOfOpened(opened, there, outcome.values[0]!);
}

/** Duplicates a file descriptor of a namespace, which errors call `where` from then on, and `failing` if that fails. */
export async function adoptHandle(given: number, where?: Where, failing = where): Promise<NamespaceHandle> {
  const outcome = await operate((addon, id) => {
    addon.adoptNamespace(id, given);
  });
  const opened = openedBy(succeed(outcome, failing ?? atPlace(`fd ${String(given)}`)));
  return handleOfOpened(opened, where ?? inNamespace(undefined, opened.inode), outcome.values[0]!);
}

function handleOfOpened(opened: Opened, where: Where, number: Handle): NamespaceHandle {
  return new NamespaceHandle({ opened, where, number: () => number });
}

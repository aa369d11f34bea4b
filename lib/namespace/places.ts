import type { NamespaceReference } from '../codec';
import { NamespaceError, wrongType } from '../errors';
import type { ProcessReference } from '../protocol/namespace-reference';
import { holdAll } from '../transport/line';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { begin, deferred, takeId, type Outcome } from '../transport/runtime';
import { currentFurnishing, rejecting } from '../transport/trip';
import { handleOf, NamespaceHandle, openedBy } from './handle';
import { atPlace, inNamespaceCalled } from '../where';

/** What an option may name: a namespace that is open, that of a process, or none. */
export type PlaceOption = NamespaceReference | ProcessReference | undefined;

/**
 * Runs a verb in the namespaces that options name, or in `fallback` where one is absent; those of processes are opened for the
 * while. Throws if one is closed.
 */
export function inNamespaces<Result>(
  options: readonly PlaceOption[],
  fallback: NamespaceHandle,
  verb: (transports: NetlinkTransport[]) => Promise<Result>,
  inside?: Inside,
): Promise<Result> {
  const opened: Opening[] = [];
  try {
    const transports = options.map((option) => {
      const handle = option === undefined ? fallback : handleOf(option);
      if (handle === undefined) {
        const opening = openOfProcess(option!);
        opened.push(opening);
        return opening.handle.transport;
      }
      return inside === undefined ? handle.transport : inside(handle.keptTransport);
    });
    if (opened.length === 0) return verb(transports);
    return whileOpen(opened, verb(transports));
  } catch (error) {
    for (const { handle } of opened) handle.close();
    throw error;
  }
}

/** Closes what was opened when a verb has ended; what could not be opened is why the verb failed. */
async function whileOpen<Result>(opened: readonly Opening[], running: Promise<Result>): Promise<Result> {
  try {
    return await running;
  } catch (error) {
    for (const { made } of opened) await made;
    throw error;
  } finally {
    for (const { handle } of opened) handle.close();
  }
}

/** The transport by which whoever holds the order of a namespace reaches it. */
export type Inside = (outside: NetlinkTransport) => NetlinkTransport;

/**
 * Runs a verb that takes several turns of the event loop to hand over what it asks for. What is asked later of any of the namespaces waits
 * until `handOver` is called, or until the verb ends.
 */
export function holdingNamespaces<Result>(
  options: readonly PlaceOption[],
  fallback: NamespaceHandle,
  verb: (inside: Inside, handOver: () => void) => Promise<Result>,
): Promise<Result> {
  if (currentFurnishing() !== undefined) {
    // A trip takes its requests at once.
    return verb(
      (outside) => outside,
      () => undefined,
    );
  }
  const handles = [...new Set([fallback, ...options.flatMap((option) => handleOf(option) ?? [])])];
  const transports = handles.map(({ transport }) => transport);
  for (const handle of handles) handle.retain();
  for (const transport of transports) transport.flush();
  const inside = new Map(transports.map((transport) => [transport, transport.beside()]));
  return new Promise<Result>((resolve) => {
    holdAll(
      transports.map(({ line }) => line),
      (pass) => {
        let isOver = false;
        const handOver = () => {
          if (isOver) return;
          isOver = true;
          for (const transport of inside.values()) transport.flush();
          pass();
        };
        const running = rejecting(() => verb((outside) => inside.get(outside) ?? outside, handOver));
        resolve(
          running.finally(() => {
            handOver();
            for (const handle of handles) handle.release();
          }),
        );
      },
    );
  });
}

/** A namespace that is being opened. */
interface Opening {
  handle: NamespaceHandle;
  /** Rejects with a NamespaceError if it cannot be. */
  made: Promise<void>;
}

function openOfProcess(option: NamespaceReference | ProcessReference): Opening {
  if (!('pid' in option)) throw wrongType('must be a NetworkNamespace of this copy of the library', 'namespace');
  return openingHandle(`/proc/${String(option.pid)}/ns/net`);
}

/** The handle of a namespace that is being opened, of which requests can be asked already: they fail if it cannot be. */
function openingHandle(file: string): Opening {
  const id = takeId();
  const text = `'${file}'`;
  const { promise: made, resolve, reject } = deferred();
  made.catch(() => undefined);
  const settle = (outcome: Outcome) => {
    if (outcome.errno === 0) {
      const opened = openedBy(outcome);
      handle.become(opened, inNamespaceCalled(text, opened.inode));
      resolve();
    } else {
      reject(new NamespaceError({ errno: outcome.errno, syscall: outcome.call ?? 'unknown', where: atPlace(text) }));
    }
  };
  begin(
    { settle },
    (addon) => {
      addon.openNamespace(id, file, true);
    },
    id,
  );
  const handle = new NamespaceHandle({ where: atPlace(text), number: () => id, made: () => made });
  return { handle, made };
}

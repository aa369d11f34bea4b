import type { NamespaceReference } from '../codec';
import { at, ledOut } from '../errors';
import { isOpenNamespace, type NamespaceTarget } from '../protocol/namespace-reference';
import { holdAll } from '../transport/call-queue';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { currentFurnishing, rejecting } from '../transport/trip';
import { handleOf, type NamespaceHandle } from './handle';
import { handleIn, openAtOnce } from './open-target';

/** An option that may name a namespace. */
export type PlaceOption = NamespaceTarget | undefined;

/** Whether an option names a namespace that has to be opened first. */
export function isToBeOpened(target: unknown): target is Exclude<NamespaceTarget, NamespaceReference> {
  return target !== undefined && !(typeof target === 'object' && target !== null && isOpenNamespace(target));
}

/**
 * Opens the namespaces that a verb's options name, runs the verb, and closes them when it has ended; those that are
 * open already stay as they are. Throws a NamespaceError if one cannot be opened, at the place that `placed` gives it; the verb is then
 * not run.
 */
export function whileOpen<Result>(
  targets: readonly PlaceOption[],
  verb: (opened: (NamespaceReference | undefined)[]) => Promise<Result>,
  placed: (error: unknown, index: number) => unknown,
): Promise<Result> {
  if (!targets.some(isToBeOpened)) return verb(targets as (NamespaceReference | undefined)[]);
  const handles = new Map<string, NamespaceHandle>();
  const close = () => {
    for (const handle of handles.values()) handle.close();
  };
  try {
    const opened = targets.map((target, index) => {
      if (!isToBeOpened(target)) return target;
      // One for all elements of an array that name the same namespace.
      const key = typeof target === 'string' ? target : JSON.stringify(target);
      const handle = handles.get(key) ?? openedAt(target, (error) => placed(error, index));
      handles.set(key, handle);
      return handle;
    });
    return verb(opened).finally(close);
  } catch (error) {
    close();
    throw error;
  }
}

function openedAt(
  target: Exclude<NamespaceTarget, NamespaceReference>,
  placed: (error: unknown) => unknown,
): NamespaceHandle {
  try {
    return openAtOnce(target);
  } catch (error) {
    throw placed(error);
  }
}

/** Runs a verb in the namespaces that options name, or in `fallback` where one is absent. Throws, at its property, if one is closed. */
export function inNamespaces<Result>(
  options: readonly (NamespaceReference | undefined)[],
  fallback: NamespaceHandle,
  verb: (transports: NetlinkTransport[]) => Promise<Result>,
  properties: readonly string[],
  inside?: Inside,
): Promise<Result> {
  const transports = options.map((option, index) => {
    if (option === undefined) return inside === undefined ? fallback.transport : inside(fallback.keptTransport);
    return at(properties[index]!, () => {
      const handle = handleIn(option);
      return inside === undefined ? handle.transport : inside(handle.keptTransport);
    });
  });
  return verb(transports);
}

/** Returns the transport to use inside a namespace whose order the caller holds. */
export type Inside = (outside: NetlinkTransport) => NetlinkTransport;

/**
 * Runs a verb that takes several turns of the event loop to hand over its requests. Later calls on any of the
 * namespaces wait until `handOver` is called, or until the verb ends.
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
  const ended = new Promise<Result>((resolve) => {
    holdAll(
      transports.map(({ queue }) => queue),
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
  return ledOut(ended);
}

import { checkIsObject, isArray, NetlinkError, retold, withinElement } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import type { Request } from '../protocol/netlink';
import { eachElement } from '../transport/slices';
import { readOnce } from '../once';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { asked } from '../transport/trip';

/** Whether an array was given, and not a single element. */
export function isMany<One>(given: One | readonly One[]): given is readonly One[] {
  return isArray(given);
}

/** Sends the request of one thing, or of each in an array: {@link sendAll}. All are of one netlink protocol, NETLINK_ROUTE by default. */
export function sendEach<One extends object>(
  handle: NamespaceHandle,
  given: One | readonly One[],
  request: (one: One) => Request,
  protocol?: number,
): Promise<void> {
  return asked(() => {
    if (isMany(given)) return handle.hold((transport) => sendAll(transport, given, request, protocol));
    return handle.transport.send(request(readOnce(given)));
  });
}

/**
 * Sends a request for each element of an array, and resolves when all are done. A wrong element rejects before anything
 * is sent, with its index in `property`. A refused element does not stop the rest: the error is that of the first, and
 * lists all. Length and order are those at the time of the call; each property of an element is read once, later.
 */
export function sendAll<Element extends object>(
  transport: NetlinkTransport,
  elements: readonly Element[],
  request: (element: Element) => Request,
  protocol?: number,
): Promise<void> {
  const given = [...elements];
  return transport.sendAll(given.length, (index) => request(readOnce(checked(given[index]!))), protocol);
}

/** The single answer to a query. */
export async function one<Reply>(answers: Promise<Reply[]>): Promise<Reply> {
  return (await answers)[0]!;
}

function checked<Element>(element: Element): Element {
  checkIsObject(element);
  return element;
}

/**
 * Runs a verb for each element of an array, given its index, and resolves with an array of the results. All are run,
 * also when some fail; then it rejects with the error of the first that failed, whose `results` has what the others
 * resolved with, unless they are `internal`. `begun` is called when all have been started.
 */
export function allOf<Result>(
  count: number,
  verb: (index: number) => Promise<Result>,
  { begun, internal = false }: { begun?: () => void; internal?: boolean } = {},
): Promise<Result[]> {
  const running: Promise<Result>[] = [];
  const rest = eachElement(count, (index) => {
    const one = verb(index);
    one.catch(() => undefined);
    running.push(one);
  });
  const settle = () => {
    begun?.();
    return resultsOf(running, internal);
  };
  return rest === undefined ? settle() : rest.then(settle);
}

async function resultsOf<Result>(running: readonly Promise<Result>[], internal: boolean): Promise<Result[]> {
  const settled = await Promise.allSettled(running);
  const results = settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
  const errors = settled.flatMap((one, element) =>
    one.status === 'fulfilled' ? [] : [{ element, error: one.reason as unknown }],
  );
  if (errors.length > 0) throw ofElement(errors, internal ? undefined : results);
  return results as Result[];
}

/** The outcome for one element. */
export interface ElementError {
  element: number;
  error: unknown;
}

/**
 * The error of the first failed element, with a list of the others that failed and the results of those that did not.
 */
export function ofElement(errors: readonly ElementError[], results?: readonly unknown[]): unknown {
  const { element, error } = errors[0]!;
  if (!(error instanceof NetlinkError)) return withinElement(element, error);
  const refused = errors.map((one) => ({ element: one.element, code: (one.error as { code?: string }).code ?? '' }));
  return retold(error, { done: undefined, element, refused, results });
}

/** For `catch`: ignores elements that failed with this code. */
export function ignoringAll(code: string): (error: unknown) => undefined {
  return (error) => {
    const { refused } = error as { refused?: readonly { code: string }[] };
    if (refused === undefined || refused.length === 0 || refused.some((one) => one.code !== code)) throw error;
  };
}

import type { Rewrites } from '../codec';
import { NetlinkError, show, within, wrongType, type ArgumentError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import type { Request } from '../protocol/netlink';
import { eachElement } from '../transport/slices';
import { hasLongName, withDevices } from './device';

/** How an element that calls a link by a long name is written with the link's index instead. */
export interface LongNames<Element> {
  readonly isIn: (element: Element) => boolean;
  readonly replaced: (handle: NamespaceHandle, element: Element) => Promise<Element>;
}

/** What is peculiar to the elements of a collection. */
export interface ElementTraits<Element> {
  readonly longNames?: LongNames<Element>;
  /** How the request of one is made of that of another. */
  readonly rewrites?: Rewrites;
}

/** Whether an array was given, and not one thing alone. */
export function isMany<One>(given: One | readonly One[]): given is readonly One[] {
  return Array.isArray(given);
}

/** Sends the request of one thing, or of each in an array: {@link sendAll}. */
export function sendEach<One extends object>(
  handle: NamespaceHandle,
  given: One | readonly One[],
  request: (one: One) => Request,
): Promise<void> {
  if (isMany(given)) return sendAll(handle, given, request);
  return withDevices(handle, given, (one) => handle.transport.send(request(one)));
}

/**
 * Sends a request for each element of an array, and resolves when all are done. A bad element rejects before anything is
 * sent, with its index in `property`. What the kernel refuses does not keep it from the others: the error is that of the first,
 * and names all.
 */
export async function sendAll<Element extends object>(
  handle: NamespaceHandle,
  elements: readonly Element[],
  request: (element: Element) => Request,
  { longNames = inProperties as never, rewrites }: ElementTraits<Element> = {},
): Promise<void> {
  const given = [...elements];
  const send = (all: readonly Element[]) =>
    handle.hold((transport) =>
      transport.sendAll(all.length, (index) => request(checked(all[index]!)), rewrites && { elements: all, rewrites }),
    );
  try {
    await send(given);
  } catch (error) {
    // A look for long names in all would cost as much as a good part of the encoding, which refuses them anyway.
    const isArgument = (error as ArgumentError).reason !== undefined;
    if (!isArgument || !given.some((element) => isObject(element) && longNames.isIn(element))) throw error;
    await send(await Promise.all(given.map((element) => withIndexes(handle, element, longNames))));
  }
}

async function withIndexes<Element>(
  handle: NamespaceHandle,
  element: Element,
  { isIn, replaced }: LongNames<Element>,
): Promise<Element> {
  return isObject(element) && isIn(element) ? await replaced(handle, element) : element;
}

const inProperties: LongNames<object> = {
  isIn: hasLongName,
  replaced: (handle, element) => withDevices(handle, element, (found) => Promise.resolve(found)),
};

function checked<Element>(element: Element): Element {
  if (!isObject(element)) throw wrongType(`must be an object, not ${show(element)}`);
  return element;
}

function isObject(element: unknown): boolean {
  return typeof element === 'object' && element !== null;
}

/**
 * Runs a verb for each element of an array, of which the index is given, and resolves with what all resolve with. All are
 * run, whatever becomes of the others; then it rejects with the error of the first that failed.
 */
export async function allOf<Result>(count: number, verb: (index: number) => Promise<Result>): Promise<Result[]> {
  const running: Promise<Result>[] = [];
  const rest = eachElement(count, (index) => {
    const one = verb(index);
    one.catch(() => undefined);
    running.push(one);
  });
  if (rest !== undefined) await rest;
  const results: Result[] = [];
  const errors: ElementError[] = [];
  for (const [element, one] of (await Promise.allSettled(running)).entries()) {
    if (one.status === 'fulfilled') results.push(one.value);
    else errors.push({ element, error: one.reason as unknown });
  }
  if (errors.length > 0) throw ofElement(errors);
  return results;
}

/** What befell an element. */
export interface ElementError {
  element: number;
  error: unknown;
}

/** The error of the first of some elements, which tells of the others. */
export function ofElement(errors: readonly ElementError[]): unknown {
  const { element, error } = errors[0]!;
  if (!(error instanceof NetlinkError)) return within(`[${String(element)}]`, error);
  const refused = errors.map((one) => ({ element: one.element, code: (one.error as { code?: string }).code ?? '' }));
  const { namespace: where, request, errno, syscall, subject, kernelMessage, property } = error;
  return new NetlinkError({ where, request, errno, syscall, subject, kernelMessage, property, element, refused });
}

/** For `catch`: passes over elements that failed with this code. */
export function ignoringAll(code: string): (error: unknown) => undefined {
  return (error) => {
    const { refused } = error as { refused?: readonly { code: string }[] };
    if (refused === undefined || refused.length === 0 || refused.some((one) => one.code !== code)) throw error;
  };
}

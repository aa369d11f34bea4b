import { inspect } from 'node:util';

import { now } from '../clock';
import { sourceOf } from '../codec';
import { errorName } from '../errno';
import type { NativeRuntime } from '../native';
import { HEADER_SIZE, NLMSG } from '../protocol/netlink';
import { RTM } from '../protocol/rtnetlink';
import { namespaceOf, type ErrorNamespace } from '../where';
import { eachMessage, readVerdict } from './messages';
import type { Operation, Outcome } from './runtime';
import { channels, log } from './watch';

// What is told of the operations of the addon while somebody listens: NODE_DEBUG=rtnetlink, or subscribers of the channels.

/** A request of an operation, and its answer. */
export interface TracedRequest {
  /** As the kernel's sources call it: 'RTM_NEWLINK'. */
  name: string;
  /** What it is about, where that is known: "link 'br0'". */
  subject?: string | undefined;
  /** Sent only if another one of its call was refused, to undo what came before. */
  isUndo?: boolean;
  /** When it is answered: the error's name, 'EEXIST', or undefined if it was done. */
  code?: string | undefined;
}

/** An operation of the addon: what is handed over at once. The same object is published when it starts and when it ends. */
export interface TracedOperation {
  /** Its number in this thread. */
  id: number;
  /** What it is: 'send', 'dump', 'subscribe', 'createNamespace', 'readFile' ... */
  operation: string;
  /** The namespace, as errors have it; undefined where it is not known, or still to be made. */
  namespace: ErrorNamespace | undefined;
  /** The namespace in words: "namespace 'blue'". */
  where: string | undefined;
  /** Of 'send' and 'dump': the requests, in order. */
  requests: TracedRequest[];
  /** Other arguments of the operation, such as names and paths. */
  given: readonly unknown[];
  /** Messages that came as an answer: rows of a dump, events of a subscription so far. */
  messages: number;
  /** Their bytes. */
  bytes: number;
  /** When it ended: milliseconds since it was handed over. */
  duration?: number;
  /** When it ended: the error of the operation as a whole, 'EPERM'; undefined if it did not fail. */
  code?: string | undefined;
}

/** What a subscription brought. */
export interface TracedEvents {
  /** The subscription. */
  operation: TracedOperation;
  /** The names of the messages: 'RTM_NEWLINK'. */
  messages: string[];
}

const names: ReadonlyMap<number, string> = new Map(Object.entries(RTM).map(([name, type]) => [type, `RTM_${name}`]));

function nameOf(type: number): string {
  return names.get(type) ?? `type ${String(type)}`;
}

/** An operation that is told of, and the addon that notes how it is started. */
export function traced(
  operation: Operation,
  addon: NativeRuntime,
  id: number,
): { operation: Operation; addon: NativeRuntime } {
  const { told } = operation;
  const record: TracedOperation = {
    ...{ id, operation: '', requests: [], given: [], messages: 0, bytes: 0 },
    where: told?.where?.text,
    namespace: told?.where && namespaceOf(told.where),
  };
  let begun = now();
  /** The sequence number of the first request. */
  let first = 0;
  const note = (method: string, given: readonly unknown[]) => {
    if (record.operation !== '') return;
    record.operation = method;
    const sent = method === 'send' ? requestsIn(given) : { first, requests: [] };
    first = told?.firstSequence?.() ?? sent.first;
    record.requests = told?.asksFor?.() ?? sent.requests;
    record.given = given.filter((one) => typeof one === 'string' || (Array.isArray(one) && one.length > 0));
    begun = now();
    if (channels.start.hasSubscribers) channels.start.publish(record);
  };
  const noting = new Proxy(addon, {
    get: (target, method: string) => {
      const call = (target as unknown as Record<string, (...given: unknown[]) => unknown>)[method]!;
      return (...given: unknown[]) => {
        note(method, given);
        return call.apply(target, given);
      };
    },
  });
  const end = (outcome: Pick<Outcome, 'errno' | 'call' | 'data'>) => {
    record.duration = now() - begun;
    if (outcome.errno !== 0) record.code = errorName(outcome.errno);
    if (outcome.data !== undefined && record.operation === 'send') readAnswers(record, outcome.data, first);
    for (const request of record.requests) if (record.code !== undefined) request.code ??= record.code;
    if (channels.end.hasSubscribers) channels.end.publish(record);
    if (log.enabled) for (const line of linesOf(record)) log(line);
  };
  return {
    addon: noting,
    operation: {
      settle(outcome) {
        end(outcome);
        operation.settle(outcome);
      },
      chunk(data, number) {
        readChunk(record, data);
        operation.chunk?.(data, number);
      },
    },
  };
}

/** The requests in the messages of an operation that does not tell them itself. */
function requestsIn(given: readonly unknown[]): { first: number; requests: TracedRequest[] } {
  const bytes = given.find((one) => one instanceof Uint8Array);
  const requests: TracedRequest[] = [];
  let first = 0;
  if (bytes === undefined || bytes.length < HEADER_SIZE) return { first, requests };
  eachMessage(sourceOf(bytes.slice().buffer), ({ type, sequence }) => {
    if (requests.length === 0) first = sequence;
    requests.push({ name: nameOf(type) });
  });
  return { first, requests };
}

/** The verdicts of requests, by their sequence numbers, of which `first` is that of the first. */
function readAnswers(record: TracedOperation, data: ArrayBuffer, first: number): void {
  const source = sourceOf(data);
  eachMessage(source, (message) => {
    record.messages++;
    record.bytes += message.end - message.start + HEADER_SIZE;
    if (message.type !== NLMSG.ERROR) return;
    const { errno } = readVerdict(source, message);
    const request = record.requests[message.sequence - first];
    if (errno !== 0 && request !== undefined) request.code = errorName(errno);
  });
}

/** Rows of a dump, or events. */
function readChunk(record: TracedOperation, data: ArrayBuffer): void {
  const events: string[] = [];
  record.bytes += data.byteLength;
  const source = sourceOf(data);
  eachMessage(source, (message) => {
    const { type } = message;
    if (type === NLMSG.DONE || type === NLMSG.ERROR) {
      const { errno } = readVerdict(source, message);
      if (errno !== 0) for (const request of record.requests) request.code ??= errorName(errno);
    }
    if (type < NLMSG.MIN_TYPE) return;
    record.messages++;
    if (record.operation === 'subscribe') events.push(nameOf(type));
  });
  if (record.operation !== 'subscribe' || events.length === 0) return;
  if (channels.events.hasSubscribers)
    channels.events.publish({ operation: record, messages: events } satisfies TracedEvents);
  if (log.enabled) log(`${placeOf(record)}events: ${counted(events)}`);
}

function placeOf({ where }: TracedOperation): string {
  return where === undefined ? '' : `${where}: `;
}

/** 'RTM_NEWLINK × 2, RTM_NEWADDR'. */
function counted(all: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return Array.from(counts, ([name, count]) => (count === 1 ? name : `${name} x ${String(count)}`)).join(', ');
}

/** What asks nothing of the kernel, and only keeps a place in the order of a namespace. */
const KEEPS_ORDER: ReadonlySet<string> = new Set(['send', 'takePlace']);

/** More requests than that are told together. */
const MOST_LINES = 16;

function linesOf(record: TracedOperation): string[] {
  const { operation, requests, given, duration = 0, code, messages, bytes } = record;
  const place = placeOf(record);
  const time = `${duration.toFixed(2)} ms`;
  if (requests.length === 0) {
    if (KEEPS_ORDER.has(operation)) return [];
    const shown = given.length === 0 ? '' : ` ${given.map((one) => inspect(one, { breakLength: Infinity })).join(' ')}`;
    return [`${place}${operation}${shown}: ${code ?? 'done'}, ${time}`];
  }
  if (operation === 'dump') {
    const [{ name, subject, code: refused }] = requests as [TracedRequest];
    const answer = refused ?? `${String(messages)} messages, ${String(bytes)} bytes`;
    return [`${place}${name} dump${about(subject)}: ${answer}, ${time}`];
  }
  if (requests.length > MOST_LINES) {
    const refused = requests.flatMap((one) => one.code ?? []);
    const answer = refused.length === 0 ? 'done' : `${String(refused.length)} refused: ${counted(refused)}`;
    return [`${place}${counted(requests.map(({ name }) => name))}: ${answer}, ${time}`];
  }
  const sent = requests.filter((one) => one.isUndo !== true || requests.some((other) => other.code !== undefined));
  const together = sent.length === 1 ? '' : `, together with ${String(sent.length - 1)} more`;
  return sent.map(
    ({ name, subject, code: answer }) => `${place}${name}${about(subject)}: ${answer ?? 'done'}, ${time}${together}`,
  );
}

function about(subject: string | undefined): string {
  return subject === undefined ? '' : ` of ${subject}`;
}

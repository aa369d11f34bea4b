import { hostOrder, returnWriter, sourceOf, takeWriter } from '../codec';
import { HEADER_SIZE, NLM_F, NLMSG, type Query, type Request } from '../protocol/netlink';
import { writeMessage } from './encode';
import { encodeFixups } from './fixups';
import { eachMessage, readVerdict, type Verdict } from './messages';
import type { Operation, Outcome } from './runtime';

/** Why a request failed, when `errno` is not 0. */
export interface Failure extends Verdict {
  /** The system call that failed, if the kernel did not get to answer. */
  call?: string | undefined;
  /** The property that `offset` points at. */
  property?: string | undefined;
  /** The link that has no such name. */
  unknownLink?: string | undefined;
}

/** How one request ended. */
export interface Answer<Reply> extends Failure {
  replies: Reply[];
}

interface Exchange {
  readonly request: Request | Query<unknown>;
  readonly start: number;
  readonly end: number;
  replies: unknown[];
  verdict: Verdict | undefined;
  readonly settle: (answer: Answer<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Acknowledgements must fit the receive buffer, where each takes at least 768 bytes of 1 MiB or, without privileges,
 * of 208 KiB; a reply with an object may take 8 KiB.
 */
const MOST_WEIGHT = 192 * 1024;
const WEIGHT = 768;
const WEIGHT_OF_QUERY = 8192;
const MOST_BYTES = 128 * 1024;

/** Of the many requests that are answered by an acknowledgement alone. */
const none: unknown[] = [];
const done: Answer<unknown> = { errno: 0, replies: none };

/** Requests that are sent together, in order, and their answers. */
export class Batch implements Operation {
  /** Is told, once it was sent, that every request is settled. */
  ended: (() => void) | undefined;

  private readonly writer = takeWriter();
  private readonly exchanges: Exchange[] = [];
  private weight = 0;
  /** Where the messages begin before which one may change what link has which name. */
  private namesChanged = Infinity;

  constructor(
    private readonly firstSequence: number,
    /** Whether it goes out behind the creation of the namespaces that it names. */
    private readonly isOfTrip = false,
  ) {}

  get size(): number {
    return this.exchanges.length;
  }

  get isFull(): boolean {
    return this.weight > MOST_WEIGHT || this.writer.position > MOST_BYTES;
  }

  /** Appends a request; throws, and takes nothing in, if it cannot be encoded. */
  add<Reply>(request: Request | Query<Reply>): Promise<Answer<Reply>> {
    const { writer } = this;
    const sequence = this.firstSequence + this.exchanges.length;
    const start = writeMessage(writer, request, { sequence, acknowledgement: NLM_F.ACK, namesNew: this.isOfTrip });
    const end = start + writer.view.getUint32(start, hostOrder);
    if (request.changesNames === true) this.namesChanged = Math.min(this.namesChanged, writer.position);
    this.weight += 'decode' in request ? WEIGHT_OF_QUERY : WEIGHT;
    return new Promise((resolve, reject) => {
      const settle = resolve as (answer: Answer<unknown>) => void;
      this.exchanges.push({ request, start, end, replies: none, verdict: undefined, settle, reject });
    });
  }

  /** The messages as they are sent. */
  get bytes(): Uint8Array {
    return this.writer.bytes.subarray(0, this.writer.position);
  }

  /** The names that the addon replaces by indexes; undefined for none. */
  get encodedFixups(): Uint8Array | undefined {
    return encodeFixups(this.writer, this.namesChanged);
  }

  /** The fields that take the fds of namespaces which are made just before: offset and handle of each, for the addon. */
  get encodedNamespaces(): number[] {
    return this.writer.namespaces.flatMap(({ offset, handle }) => [offset, handle]);
  }

  /** Reads the answers and settles every request. */
  settle(outcome: Outcome): void {
    if (outcome.data !== undefined) this.read(outcome.data);
    for (const exchange of this.exchanges) exchange.settle(this.answer(exchange, outcome));
    returnWriter(this.writer);
    this.ended?.();
  }

  /** Rejects every request: it could not even be tried. */
  fail(error: unknown): void {
    for (const exchange of this.exchanges) exchange.reject(error);
    returnWriter(this.writer);
    this.ended?.();
  }

  private read(data: ArrayBuffer): void {
    const source = sourceOf(data);
    eachMessage(source, (message) => {
      const exchange = this.exchanges[message.sequence - this.firstSequence];
      if (exchange === undefined) return;
      if (message.type === NLMSG.ERROR) {
        exchange.verdict = readVerdict(source, message);
      } else if (message.type >= NLMSG.MIN_TYPE && 'decode' in exchange.request) {
        try {
          const reply = exchange.request.decode(source, message.start, message.end);
          if (reply === undefined) return;
          if (exchange.replies === none) exchange.replies = [reply];
          else exchange.replies.push(reply);
        } catch (error) {
          exchange.reject(error);
        }
      }
    });
  }

  private answer({ request, start, end, replies, verdict }: Exchange, outcome: Outcome): Answer<unknown> {
    if (verdict === undefined) {
      return outcome.errno === 0 && replies === none ? done : { errno: outcome.errno, call: outcome.call, replies };
    }
    const { offset } = verdict;
    if (offset === undefined) return { ...verdict, replies };
    const source = sourceOf(this.bytes);
    return {
      ...verdict,
      replies,
      property: request.locate?.(source, start + HEADER_SIZE, end, start + offset),
      unknownLink: this.writer.linkNames.find((name) => name.offset === start + offset)?.name,
    };
  }
}

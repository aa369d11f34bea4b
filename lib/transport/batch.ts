import { hostOrder, returnWriter, sourceOf, takeWriter } from '../codec';
import { ERRNO } from '../errno';
import type { GenericFamily } from '../protocol/generic/control';
import { HEADER_SIZE, NETLINK, NLM_F, NLMSG, type LinkTold, type Query, type Request } from '../protocol/netlink';
import { renumber, writeMessage } from './encode';
import { encodeFixups, encodeNotes } from './fixups';
import type { GenericFamilies } from './generic-families';
import { LookUps, TYPE_OFFSET, unknownFamily, type LookUp } from './look-ups';
import { eachMessage, readVerdict, type Verdict } from './messages';
import { deferred, type Operation, type Outcome } from './runtime';

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

/** One of the requests of a group. */
export interface Member {
  readonly request: Request | Query<unknown>;
  /** Sent only if a later one than the first failed; its answer is ignored. */
  readonly isUndo?: boolean;
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

/** The answer to a request that was not sent, after a failure of the same call. */
export const notSent: Answer<never> = { errno: ERRNO.ECANCELED, call: 'group', replies: [] };

let lastGroup = 0;

function nextGroup(): number {
  lastGroup = (lastGroup % 0x7fffffff) + 1;
  return lastGroup;
}

/** What the kernel wants around the messages of a batch of its own. */
export interface BatchLimits {
  readonly begin: Request;
  readonly end: Request;
}

/** Where a message lies. */
interface Span {
  start: number;
  end: number;
}

function ignore(): void {
  // Its result is not used.
}

/** Adds a reply to those before it, of which the last may be the first part of it. */
export function addReply<Reply>(replies: Reply[], reply: Reply, merge: Query<Reply>['merge']): void {
  const whole = merge !== undefined && replies.length > 0 ? merge(replies.at(-1)!, reply) : undefined;
  if (whole === undefined) replies.push(reply);
  else replies[replies.length - 1] = whole;
}

/** Requests that are sent together, in order, and their answers. */
export class Batch implements Operation {
  /** Called when every request is settled, after the batch was sent. */
  ended: (() => void) | undefined;

  private readonly writer = takeWriter();
  private readonly exchanges: Exchange[] = [];
  private readonly lookUps: LookUps;
  private weight = 0;
  /** Where the messages begin before which one may change what link has which name. */
  private namesChanged = Infinity;

  constructor(
    private readonly firstSequence: number,
    private readonly families: GenericFamilies,
    /** The netlink protocol of the requests; NETLINK_ROUTE where it is undefined. */
    readonly protocol?: number,
    /** Whether the batch is sent after the creation of a namespace that is being made. */
    private readonly isBehind?: (namespace: number) => boolean,
  ) {
    this.lookUps = new LookUps(families);
  }

  get size(): number {
    return this.exchanges.length;
  }

  get isFull(): boolean {
    return this.weight > MOST_WEIGHT || this.writer.position > MOST_BYTES;
  }

  /** Appends a request; throws, and takes nothing in, if it cannot be encoded. */
  add<Reply>(request: Request | Query<Reply>): Promise<Answer<Reply>> {
    const place = this.write(request);
    return new Promise((resolve, reject) => {
      this.expect(request, place, resolve as (answer: Answer<unknown>) => void, reject);
    });
  }

  /**
   * Appends the requests of one call, of which none is sent behind one that fails, and resolves with the answers; those of
   * requests that undo are not among them. Throws, and takes nothing in, if one cannot be encoded.
   */
  addGroup(members: readonly Member[]): Promise<Answer<unknown>[]> {
    const { writer, exchanges } = this;
    const before = writer.mark();
    const { length } = exchanges;
    const group = nextGroup();
    const answers: Answer<unknown>[] = [];
    let missing = members.length;
    let hasFailed = false;
    const { promise, resolve, reject } = deferred<Answer<unknown>[]>();
    const take = (isUndo: boolean | undefined) => (answer: Answer<unknown>) => {
      if (isUndo !== true) answers.push(hasFailed ? notSent : answer);
      hasFailed ||= answer.errno !== 0;
      if (--missing === 0) resolve(answers);
    };
    try {
      for (const { request, isUndo } of members) {
        const place = this.write(request, group, isUndo);
        this.expect(request, place, take(isUndo), reject);
      }
    } catch (error) {
      writer.truncate(before);
      this.lookUps.takeBack(before.position);
      exchanges.length = length;
      throw error;
    }
    return promise;
  }

  /**
   * Appends the requests of one of the kernel's own batches, which it does all or none of, and resolves with the answers. Only the last is
   * acknowledged: the kernel tells of failures unasked. Throws, and takes nothing in, if one cannot be encoded.
   */
  addWhole(messages: readonly Request[]): Promise<Answer<unknown>[]> {
    const { writer, exchanges } = this;
    const before = writer.mark();
    const { length } = exchanges;
    const group = nextGroup();
    const answers: Answer<unknown>[] = [];
    const { promise, resolve, reject } = deferred<Answer<unknown>[]>();
    const take = (answer: Answer<unknown>) => {
      if (answers.push(answer) === messages.length) resolve(answers);
    };
    try {
      for (const [index, request] of messages.entries()) {
        // The last of them stands around the others: older kernels answer to none of that kind.
        const acknowledgement = index === messages.length - 2 ? NLM_F.ACK : 0;
        const start = writeMessage(writer, request, { sequence: this.nextSequence, acknowledgement });
        writer.notes.push({ message: start, group, isUndo: false, isWhole: true, slot: 0, attribute: 0 });
        this.expect(request, { start, end: writer.position }, take, reject);
      }
    } catch (error) {
      writer.truncate(before);
      exchanges.length = length;
      throw error;
    }
    this.weight += WEIGHT;
    return promise;
  }

  private write(request: Request | Query<unknown>, group = 0, isUndo = false): Span {
    const { writer, isBehind } = this;
    const header = { sequence: this.nextSequence, acknowledgement: NLM_F.ACK, isBehind };
    let start = writeMessage(writer, request, header);
    if (group !== 0 || request.tells !== undefined) this.note(start, group, isUndo, request.tells);
    if (writer.hasLongName || request.family !== undefined) {
      start = this.lookUps.putBefore(writer, start, request, (lookUp) => this.expectLookUp(lookUp));
      renumber(writer, start, this.nextSequence);
    }
    const end = start + writer.view.getUint32(start, hostOrder);
    if (request.changesNames === true) this.namesChanged = Math.min(this.namesChanged, writer.position);
    this.weight += 'decode' in request ? WEIGHT_OF_QUERY : WEIGHT;
    return { start, end };
  }

  /** Notes that a message belongs to a group, and which links its reply reports. */
  private note(message: number, group: number, isUndo: boolean, told: readonly LinkTold[] = []): void {
    const { notes } = this.writer;
    if (told.length === 0) notes.push({ message, group, isUndo, slot: 0, attribute: 0 });
    for (const { link, attribute } of told) notes.push({ message, group, isUndo, slot: link.number, attribute });
  }

  private expect(
    request: Request | Query<unknown>,
    { start, end }: Span,
    settle: (answer: Answer<unknown>) => void,
    reject: (error: unknown) => void,
  ): void {
    this.exchanges.push({ request, start, end, replies: none, verdict: undefined, settle, reject });
  }

  /** Failures of a look-up are reported by the message that needs it. */
  private expectLookUp(lookUp: LookUp): number {
    const { nextSequence } = this;
    const learn = ({ replies: [found] }: Answer<unknown>) => {
      if (found !== undefined) this.families.learn((found as GenericFamily).name, (found as GenericFamily).id);
    };
    this.expect(lookUp, { start: 0, end: 0 }, lookUp.protocol === NETLINK.GENERIC ? learn : ignore, ignore);
    return nextSequence;
  }

  private get nextSequence(): number {
    return this.firstSequence + this.exchanges.length;
  }

  /** The messages as they are sent. */
  get bytes(): Uint8Array {
    return this.writer.bytes.subarray(0, this.writer.position);
  }

  /** The names that the addon replaces by indexes; undefined for none. */
  get encodedFixups(): Uint8Array | undefined {
    return encodeFixups(this.writer, this.namesChanged);
  }

  /** Notes for the addon about messages; undefined for none. */
  get encodedNotes(): Uint8Array | undefined {
    return encodeNotes(this.writer.notes);
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
          else addReply(exchange.replies, reply, exchange.request.merge);
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
    if (verdict.errno === ERRNO.ENOENT && request.family !== undefined) {
      // Its number may be another family's by the next time.
      this.families.forget(request.family);
      if (offset === TYPE_OFFSET) return { errno: ERRNO.ENOENT, text: unknownFamily(request.family), replies };
    }
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

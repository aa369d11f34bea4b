import { sourceOf } from '../codec';
import { ERRNO } from '../errno';
import type { GenericFamily } from '../protocol/generic/control';
import { NETLINK, NLM_F, NLMSG, textOfSubject, type Query, type Request } from '../protocol/netlink';
import type { GenericFamilies } from './generic-families';
import type { LookUp } from './look-ups';
import { eachMessage, readVerdict, type Verdict } from './messages';
import { RequestMessages, type EncodedMessages, type Failure, type Span } from './request-messages';
import type { Where } from '../where';
import { deferred, type Operation, type Outcome, type Told } from './runtime';

/** How one request ended. */
export interface Answer<Reply> extends Failure {
  replies: Reply[];
}

interface Exchange {
  readonly request: Request | Query<unknown>;
  readonly place: Span;
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

/** Of look-ups, whose answers nobody reads. */
const nowhere: Span = { start: 0, end: 0 };

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

  /** Where it is sent. */
  where: Where | undefined;

  private readonly messages: RequestMessages;
  private readonly exchanges: Exchange[] = [];
  private weight = 0;
  /** Which of them are sent only after a failure. */
  private undoing: Set<number> | undefined;

  constructor(
    private readonly firstSequence: number,
    private readonly families: GenericFamilies,
    /** The netlink protocol of the requests; NETLINK_ROUTE where it is undefined. */
    readonly protocol?: number,
    /** Whether the batch is sent after the creation of a namespace that is being made. */
    private readonly isBehind?: (namespace: number) => boolean,
  ) {
    this.messages = new RequestMessages(families);
  }

  get size(): number {
    return this.exchanges.length;
  }

  get isFull(): boolean {
    return this.weight > MOST_WEIGHT || this.messages.size > MOST_BYTES;
  }

  /** Appends a request; throws, and takes nothing in, if it cannot be encoded. */
  add<Reply>(request: Request | Query<Reply>): Promise<Answer<Reply>> {
    const place = this.write(request);
    return new Promise((resolve, reject) => {
      this.expect(request, place, resolve as (answer: Answer<unknown>) => void, reject);
    });
  }

  /** As {@link add}, for what is sent only after a failure. */
  addUndoing<Reply>(request: Request | Query<Reply>): Promise<Answer<Reply>> {
    const answer = this.add(request);
    (this.undoing ??= new Set()).add(this.exchanges.length - 1);
    return answer;
  }

  /**
   * Appends the requests of one call, of which none is sent behind one that fails, and resolves with the answers; those of
   * requests that undo are not among them. Throws, and takes nothing in, if one cannot be encoded.
   */
  addGroup(members: readonly Member[]): Promise<Answer<unknown>[]> {
    const { messages, exchanges } = this;
    const before = messages.mark();
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
        if (isUndo === true) (this.undoing ??= new Set()).add(exchanges.length);
        this.expect(request, place, take(isUndo), reject);
      }
    } catch (error) {
      messages.takeBack(before);
      exchanges.length = length;
      throw error;
    }
    return promise;
  }

  /**
   * Appends the requests of one of the kernel's own batches, which it does all or none of, and resolves with the answers. Only the last is
   * acknowledged: the kernel tells of failures unasked. Throws, and takes nothing in, if one cannot be encoded.
   */
  addWhole(requests: readonly Request[]): Promise<Answer<unknown>[]> {
    const { messages, exchanges } = this;
    const before = messages.mark();
    const { length } = exchanges;
    const whole = this.whole(requests);
    try {
      for (let index = 0; index < requests.length; index++) whole.add(index);
    } catch (error) {
      messages.takeBack(before);
      exchanges.length = length;
      throw error;
    }
    this.weight += WEIGHT;
    return whole.answered;
  }

  /** The requests of one of the kernel's own batches, which are appended one by one. */
  whole(requests: readonly Request[]): { add: (index: number) => void; answered: Promise<Answer<unknown>[]> } {
    const inGroup = { group: nextGroup(), isUndo: false, isWhole: true };
    this.messages.makeRoom(requests);
    const answers: Answer<unknown>[] = [];
    const { promise, resolve, reject } = deferred<Answer<unknown>[]>();
    const take = (answer: Answer<unknown>) => {
      if (answers.push(answer) === requests.length) resolve(answers);
    };
    const add = (index: number) => {
      const request = requests[index]!;
      // The last of them stands around the others: older kernels answer to none of that kind.
      const acknowledgement = index === requests.length - 2 ? NLM_F.ACK : 0;
      const place = this.messages.add(
        request,
        { sequence: this.nextSequence, acknowledgement },
        this.expectLookUp,
        inGroup,
      );
      this.expect(request, place, take, reject);
    };
    return { add, answered: promise };
  }

  /** Gives up what was taken in: nothing of it is sent. */
  abandon(): void {
    this.messages.end();
  }

  private write(request: Request | Query<unknown>, group = 0, isUndo = false): Span {
    const { nextSequence: sequence, isBehind } = this;
    const header = { sequence, acknowledgement: NLM_F.ACK, isBehind };
    const inGroup = group === 0 ? undefined : { group, isUndo };
    const place = this.messages.add(request, header, this.expectLookUp, inGroup);
    // Look-ups in front of it have taken numbers.
    if (this.nextSequence !== sequence) this.messages.renumber(place, this.nextSequence);
    this.weight += 'decode' in request ? WEIGHT_OF_QUERY : WEIGHT;
    return place;
  }

  private expect(
    request: Request | Query<unknown>,
    place: Span,
    settle: (answer: Answer<unknown>) => void,
    reject: (error: unknown) => void,
  ): void {
    this.exchanges.push({ request, place, replies: none, verdict: undefined, settle, reject });
  }

  /** Failures of a look-up are reported by the message that needs it. */
  private readonly expectLookUp = (lookUp: LookUp): number => {
    const { nextSequence } = this;
    const learn = ({ replies: [found] }: Answer<unknown>) => {
      if (found !== undefined) this.families.learn((found as GenericFamily).name, (found as GenericFamily).id);
    };
    this.expect(lookUp, nowhere, lookUp.protocol === NETLINK.GENERIC ? learn : ignore, ignore);
    return nextSequence;
  };

  private get nextSequence(): number {
    return this.firstSequence + this.exchanges.length;
  }

  get told(): Told {
    return {
      where: this.where,
      firstSequence: () => this.firstSequence,
      asksFor: () =>
        this.exchanges.map(({ request: { name, subject } }, index) => ({
          name,
          subject: textOfSubject(subject),
          ...(this.undoing?.has(index) === true ? { isUndo: true } : {}),
        })),
    };
  }

  /** The messages, to be handed over at once. */
  encoded(): EncodedMessages {
    return this.messages.encoded();
  }

  /** The fields that take the fds of namespaces which are made just before: offset and handle of each, for the addon. */
  encodedNamespaces(): number[] {
    return this.messages.encodedNamespaces();
  }

  /** Reads the answers and settles every request. */
  settle(outcome: Outcome): void {
    if (outcome.data !== undefined) this.read(outcome.data);
    for (const exchange of this.exchanges) exchange.settle(this.answer(exchange, outcome));
    this.messages.end();
    this.ended?.();
  }

  /** Rejects every request: it could not even be tried. */
  fail(error: unknown): void {
    for (const exchange of this.exchanges) exchange.reject(error);
    this.messages.end();
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

  private answer({ request, place, replies, verdict }: Exchange, outcome: Outcome): Answer<unknown> {
    if (verdict !== undefined) return { ...this.messages.explain(verdict, request, place), replies };
    return outcome.errno === 0 && replies === none ? done : { errno: outcome.errno, call: outcome.call, replies };
  }
}

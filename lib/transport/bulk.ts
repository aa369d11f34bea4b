import { hostOrder, sourceOf, type NamespaceReference } from '../codec';
import { HEADER_SIZE, NLMSG, type Request } from '../protocol/netlink';
import type { GenericFamilies } from './generic-families';
import { eachMessage, readVerdict, type Verdict } from './messages';
import { RequestMessages, type EncodedMessages, type Failure } from './request-messages';
import type { Outcome } from './runtime';
import { eachElement } from './slices';

/**
 * Failures of messages that are sent together must fit the receive buffer, where each takes 768 bytes of 1 MiB or,
 * without privileges, of 208 KiB.
 */
export const MOST_OF_CHUNK = 256;
const MOST_BYTES = 64 * 1024;
/** Chunks that are on their way to the kernel at a time: it has work while the event loop is busy with something else. */
const WINDOW = 8;

/** Messages that are sent together. */
export interface Chunk extends EncodedMessages {
  /** The index of its first element. */
  readonly first: number;
  readonly firstSequence: number;
  /** Namespaces that its messages name, and that stay open until they are answered. */
  readonly references: NamespaceReference[];
}

/** An element whose request failed. */
export interface FailedElement {
  element: number;
  errno: number;
}

/** How a bulk ended, where it did not end well. */
export interface BulkFailure {
  /** That of the first element that failed, or of a system call. */
  failure: Failure;
  request: Pick<Request, 'name' | 'subject' | 'hint'>;
  /** The first element that failed, where `failure` is its. */
  element: number | undefined;
  /** All that failed. */
  elements: FailedElement[];
}

/**
 * The requests of an array's elements. All are encoded, and so checked, before the first is sent; then each is sent,
 * also if others fail. They are acknowledged chunk by chunk.
 */
export class Bulk {
  private readonly chunks: Chunk[] = [];
  private readonly elements: FailedElement[] = [];
  private readonly messages: RequestMessages;
  private first = 0;
  private firstSequence = 0;
  private failure: Omit<BulkFailure, 'elements'> | undefined;
  private lost: { error: unknown } | undefined;
  /** What may have been meant by the elements whose requests tell that in another way than the first. */
  private readonly hints = new Map<number, Request['hint']>();
  /** The first request: the others are of its kind. */
  private kind: Request | undefined;

  constructor(
    private readonly size: number,
    /** The request of the element at an index. Throws if that is no element. */
    private readonly request: (index: number) => Request,
    /** Reserves consecutive sequence numbers, and returns the first. */
    private readonly takeSequences: (count: number) => number,
    families: GenericFamilies,
    /** The netlink protocol of the socket over which its chunks go. */
    private readonly protocol?: number,
  ) {
    this.messages = new RequestMessages(families);
  }

  /**
   * Encodes all in slices of the event loop's time, of which the first begins at once, and sends it by way of `submit`, which
   * answers with the outcome of a chunk. `pass` is called when the last is on its way, or when nothing is sent: an argument
   * error, with the element's index, rejects before that.
   */
  async run(submit: (chunk: Chunk) => Promise<Outcome>, pass: () => void): Promise<BulkFailure | undefined> {
    const underWay: Promise<void>[] = [];
    try {
      await this.encode();
      for (const chunk of this.chunks.splice(0)) {
        if (underWay.length >= WINDOW) await underWay.shift();
        underWay.push(this.send(chunk, submit));
      }
    } finally {
      pass();
    }
    await Promise.all(underWay);
    if (this.lost !== undefined) throw this.lost.error;
    return this.failure && { ...this.failure, elements: this.elements };
  }

  /** Sends a chunk, unless the socket failed before. */
  private async send(chunk: Chunk, submit: (chunk: Chunk) => Promise<Outcome>): Promise<void> {
    try {
      if (this.lost === undefined && this.failure?.failure.call === undefined) this.settle(chunk, await submit(chunk));
    } catch (error) {
      this.lost ??= { error };
    } finally {
      release(chunk);
    }
  }

  private async encode(): Promise<void> {
    try {
      const rest = eachElement(this.size, (index) => {
        this.encodeOne(index);
      });
      // What fits a slice takes no turn.
      if (rest !== undefined) await rest;
      this.endChunk();
    } catch (error) {
      for (const chunk of this.chunks.splice(0)) release(chunk);
      throw error;
    } finally {
      this.messages.end();
    }
  }

  private encodeOne(index: number): void {
    const { messages } = this;
    if (messages.size === 0) {
      this.first = index;
      this.firstSequence = this.takeSequences(MOST_OF_CHUNK);
    }
    const sequence = this.firstSequence + index - this.first;
    this.write(index, this.request(index), sequence);
    if (index + 1 - this.first === MOST_OF_CHUNK || messages.size > MOST_BYTES) this.endChunk();
  }

  private write(index: number, request: Request, sequence: number): void {
    if (request.protocol !== this.protocol) throw new Error(`${request.name} cannot be one of many`);
    this.kind ??= request;
    if (request.hint !== this.kind.hint) this.hints.set(index, request.hint);
    this.messages.add(request, { sequence, acknowledgement: 0 }, this.numberLookUp);
  }

  private readonly numberLookUp = (): number => this.takeSequences(1);

  private endChunk(): void {
    const { messages, first, firstSequence } = this;
    if (messages.size === 0) return;
    const references = messages.takeReferences();
    this.chunks.push({ ...messages.cut(), first, firstSequence, references });
  }

  private settle(chunk: Chunk, { errno, call, data }: Outcome): void {
    if (data !== undefined) this.read(chunk, data);
    // What the system refused concerns all that comes after, too.
    if (errno !== 0) {
      this.failure = { failure: { errno, call }, request: { name: this.kind!.name }, element: undefined };
    }
  }

  private read(chunk: Chunk, data: ArrayBuffer): void {
    const source = sourceOf(data);
    const failed: (FailedElement & { verdict: Verdict })[] = [];
    eachMessage(source, (message) => {
      if (message.type !== NLMSG.ERROR) return;
      const verdict = readVerdict(source, message);
      const place = message.sequence - chunk.firstSequence;
      const element = chunk.first + place;
      // Failures of a look-up are reported by the element that needs it.
      if (verdict.errno !== 0 && place >= 0 && place < MOST_OF_CHUNK)
        failed.push({ element, errno: verdict.errno, verdict });
    });
    // Names that no link has are reported before the kernel's errors.
    failed.sort((one, other) => one.element - other.element);
    for (const { element, errno } of failed) this.elements.push({ element, errno });
    const [worst] = failed;
    if (worst !== undefined) this.failure ??= this.explain(chunk, worst.element, worst.verdict);
  }

  /** By the message that was sent: the element may be another by now. */
  private explain(chunk: Chunk, element: number, verdict: Verdict): Omit<BulkFailure, 'elements'> {
    const source = sourceOf(chunk.bytes);
    const sequence = chunk.firstSequence + element - chunk.first;
    let start = 0;
    const sizeOf = (at: number) => source.view.getUint32(at, hostOrder);
    while (source.view.getUint32(start + 8, hostOrder) !== sequence) start += (sizeOf(start) + 3) & ~3;
    const end = start + sizeOf(start);
    const nameAt = (at: number) => chunk.linkNames.find((name) => name.offset === at)?.name;
    const { name, describe } = this.kind!;
    const subject =
      describe === undefined
        ? this.request(element).subject
        : describe({ source, start: start + HEADER_SIZE, end, nameAt });
    const failure = this.messages.explain(verdict, this.kind!, { start, end }, chunk);
    const hint = this.hints.has(element) ? this.hints.get(element) : this.kind!.hint;
    return { failure, request: { name, subject, hint }, element };
  }
}

function release({ references }: Chunk): void {
  for (const reference of references) reference.release();
}

import { hostOrder, returnWriter, sourceOf, takeWriter, type LinkName, type Source } from '../codec';
import type { Handle, NativeRuntime } from '../native';
import { HEADER_SIZE, NLM_F, NLMSG, type Query } from '../protocol/netlink';
import type { Failure } from './batch';
import { encodeFixups } from './fixups';
import { readVerdict, type MessageCursor, type Verdict } from './messages';
import type { Outcome } from './runtime';

/** How much is decoded before the event loop has its turn. */
export interface Slice {
  /** A time of performance.now(). */
  until: number;
  /** Messages at most. */
  most: number;
}

/** Messages that are decoded between two looks at the clock. */
const MESSAGES_BETWEEN_LOOKS = 16;

/** One dump: its request, and what came of it. */
export class Dump<Reply> {
  wasInterrupted = false;
  private readonly bytes: Uint8Array;
  private readonly linkNames: readonly LinkName[];
  private verdict: Verdict | undefined;
  private undecodable: { error: unknown } | undefined;

  /** Encodes the request; throws a TypeError or RangeError for a bad argument. */
  constructor(
    private readonly query: Query<Reply>,
    sequence: number,
  ) {
    const writer = takeWriter();
    writer.reserve(HEADER_SIZE);
    query.encode(writer);
    writer.view.setUint32(0, writer.position, hostOrder);
    writer.view.setUint16(4, query.type, hostOrder);
    writer.view.setUint16(6, NLM_F.REQUEST | NLM_F.DUMP, hostOrder);
    writer.view.setUint32(8, sequence, hostOrder);
    this.bytes = writer.bytes.slice(0, writer.position);
    this.linkNames = [...writer.linkNames];
    returnWriter(writer);
  }

  /** Starts the dump on a socket, under an operation's number. */
  start(addon: NativeRuntime, id: number, socket: Handle, window: number): void {
    const { view } = sourceOf(this.bytes);
    addon.dump(id, socket, this.bytes, encodeFixups({ view, linkNames: this.linkNames }), window);
  }

  /**
   * Decodes the messages of a chunk into `rows`, from where the cursor is to its end: true, or to the end of the slice: false.
   */
  read(cursor: MessageCursor, rows: Reply[], slice: Slice): boolean {
    const { source, message } = cursor;
    for (let count = 1; cursor.advance(); count++) {
      if ((message.flags & NLM_F.DUMP_INTR) !== 0) this.wasInterrupted = true;
      if (message.type === NLMSG.DONE || message.type === NLMSG.ERROR) {
        this.verdict = readVerdict(source, message);
      } else if (message.type >= NLMSG.MIN_TYPE && this.undecodable === undefined) {
        const row = this.decode(source, message.start, message.end);
        if (row !== undefined) rows.push(row);
      }
      if (count >= slice.most || (count % MESSAGES_BETWEEN_LOOKS === 0 && performance.now() > slice.until))
        return false;
    }
    return true;
  }

  /** What cannot be decoded is thrown at the end, where the caller waits, and not where a chunk arrives. */
  private decode(source: Source, start: number, end: number): Reply | undefined {
    try {
      return this.query.decode(source, start, end);
    } catch (error) {
      this.undecodable = { error };
      return undefined;
    }
  }

  /** Why the dump failed, or undefined. Throws what decoding threw. */
  failure(outcome: Outcome | undefined): Failure | undefined {
    if (this.undecodable !== undefined) throw this.undecodable.error;
    if (outcome !== undefined && outcome.errno !== 0) return { errno: outcome.errno, call: outcome.call };
    const { verdict } = this;
    if (verdict === undefined || verdict.errno === 0) return undefined;
    const { offset } = verdict;
    if (offset === undefined) return verdict;
    return {
      ...verdict,
      property: this.query.locate?.(sourceOf(this.bytes), HEADER_SIZE, this.bytes.length, offset),
      unknownLink: this.linkNames.find((name) => name.offset === offset)?.name,
    };
  }
}

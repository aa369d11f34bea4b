import { now } from '../clock';
import type { Source } from '../codec';
import type { Handle, NativeRuntime } from '../native';
import { NLM_F, NLMSG, type Query } from '../protocol/netlink';
import type { GenericFamilies } from './generic-families';
import { readVerdict, type MessageCursor, type Verdict } from './messages';
import { RequestMessages, type EncodedMessages, type Failure, type Span } from './request-messages';
import type { Outcome } from './runtime';

/** How much is decoded before the event loop has its turn. */
export interface Slice {
  /** A time of the clock. */
  until: number;
  /** Messages at most. */
  most: number;
}

/** Messages, and bytes of them, that are decoded between two looks at the clock: one may have hundreds of elements of a set. */
const MESSAGES_BETWEEN_LOOKS = 16;
const BYTES_BETWEEN_LOOKS = 8192;

/** One dump: its request, and what came of it. */
export class Dump<Reply> {
  wasInterrupted = false;
  private readonly messages: RequestMessages;
  private readonly sent: EncodedMessages;
  /** Where the request lies, after its look-ups. */
  private readonly request: Span;
  private verdict: Verdict | undefined;
  private held: Reply | undefined;
  private undecodable: { error: unknown } | undefined;

  /** Encodes the request; throws a TypeError or RangeError for a bad argument. */
  constructor(
    private readonly query: Query<Reply>,
    /** Reserves consecutive sequence numbers, and returns the first. */
    takeSequences: (count: number) => number,
    families: GenericFamilies,
  ) {
    this.messages = new RequestMessages(families);
    try {
      const header = { sequence: takeSequences(1), acknowledgement: NLM_F.DUMP };
      this.request = this.messages.add(query, header, () => takeSequences(1));
      this.sent = this.messages.cut();
    } finally {
      this.messages.end();
    }
  }

  /** Starts the dump on a socket, under an operation's number. */
  start(addon: NativeRuntime, id: number, socket: Handle, window: number): void {
    const { bytes, fixups, notes } = this.sent;
    addon.dump(id, socket, bytes, fixups, notes, window);
  }

  /**
   * Decodes the messages of a chunk into `rows`, from where the cursor is to its end: true, or to the end of the slice: false.
   */
  read(cursor: MessageCursor, rows: Reply[], slice: Slice): boolean {
    const { source, message } = cursor;
    let bytes = 0;
    for (let count = 1; cursor.advance(); count++) {
      bytes += message.end - message.start;
      if ((message.flags & NLM_F.DUMP_INTR) !== 0) this.wasInterrupted = true;
      if (message.type === NLMSG.DONE || message.type === NLMSG.ERROR) {
        this.verdict = readVerdict(source, message);
        if (this.held !== undefined) rows.push(this.held);
        this.held = undefined;
      } else if (message.type >= NLMSG.MIN_TYPE && this.undecodable === undefined) {
        const row = this.decode(source, message.start, message.end);
        if (row !== undefined) this.addTo(rows, row);
      }
      if (count >= slice.most) return false;
      if (count % MESSAGES_BETWEEN_LOOKS !== 0 && bytes < BYTES_BETWEEN_LOOKS) continue;
      if (now() > slice.until) return false;
      bytes = 0;
    }
    return true;
  }

  /** Adds a row. One that may go on in the next message, which another chunk may bring, is held back until then. */
  private addTo(rows: Reply[], row: Reply): void {
    const { merge } = this.query;
    if (merge === undefined) {
      rows.push(row);
      return;
    }
    const whole = this.held === undefined ? undefined : merge(this.held, row);
    if (whole === undefined && this.held !== undefined) rows.push(this.held);
    this.held = whole ?? row;
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
    return this.messages.explain(verdict, this.query, this.request, this.sent);
  }
}

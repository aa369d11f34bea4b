import { attributesOf, decodeText, type Source } from '../codec';
import { hostOrder } from '../codec/byte-order';
import { HEADER_SIZE, NLM_F, NLMSG } from '../protocol/netlink';

/** A netlink message as it lies in a buffer; the payload is from `start` to `end`. */
export interface MessageSpan {
  type: number;
  flags: number;
  sequence: number;
  start: number;
  end: number;
}

/** Iterates over the messages of a buffer, and can pause. */
export class MessageCursor {
  /** The current message; the object is reused for the next one. */
  readonly message: MessageSpan = { type: 0, flags: 0, sequence: 0, start: 0, end: 0 };
  private next = 0;

  constructor(readonly source: Source) {}

  /** Moves to the next message; false at the end, or at the first malformed one. */
  advance(): boolean {
    const { next, message } = this;
    const { view, bytes } = this.source;
    if (next + HEADER_SIZE > bytes.length) return false;
    const length = view.getUint32(next, hostOrder);
    if (length < HEADER_SIZE || next + length > bytes.length) return false;
    message.type = view.getUint16(next + 4, hostOrder);
    message.flags = view.getUint16(next + 6, hostOrder);
    message.sequence = view.getUint32(next + 8, hostOrder);
    message.start = next + HEADER_SIZE;
    message.end = next + length;
    this.next = next + ((length + 3) & ~3);
    return true;
  }
}

/** Calls back for each message of a buffer; ends at the first malformed one. The object is reused. */
export function eachMessage(source: Source, callback: (message: MessageSpan) => void): void {
  const cursor = new MessageCursor(source);
  while (cursor.advance()) callback(cursor.message);
}

/** The kernel's verdict at the end of a request. */
export interface Verdict {
  /** 0 for success. */
  errno: number;
  /** The kernel's own words; a warning if the request succeeded. */
  text?: string | undefined;
  /** The offset of the mistake in the request, from its netlink header. */
  offset?: number | undefined;
}

/** Attributes of an extended acknowledgement. */
const NLMSGERR_ATTR = { MSG: 1, OFFS: 2 } as const;

/** Reads NLMSG_ERROR and NLMSG_DONE. Either may lack everything after the error number, the latter also the number. */
export function readVerdict(source: Source, message: MessageSpan): Verdict {
  const { start, end } = message;
  if (end - start < 4) return { errno: 0 };
  const verdict: Verdict = { errno: Math.abs(source.view.getInt32(start, hostOrder)) };
  if ((message.flags & NLM_F.ACK_TLVS) === 0) return verdict;
  for (const found of attributesOf(source, behindEcho(source, message), end)) {
    if (found.number === NLMSGERR_ATTR.MSG) verdict.text = decodeText(source, found.start, found.end);
    if (found.number === NLMSGERR_ATTR.OFFS && found.end - found.start >= 4) {
      verdict.offset = source.view.getUint32(found.start, hostOrder);
    }
  }
  return verdict;
}

/** An error repeats the request's header, and unless it is capped the whole request, before the attributes. */
function behindEcho(source: Source, { type, flags, start, end }: MessageSpan): number {
  const behindNumber = start + 4;
  if (type !== NLMSG.ERROR || end - behindNumber < HEADER_SIZE) return behindNumber;
  if ((flags & NLM_F.CAPPED) !== 0) return behindNumber + HEADER_SIZE;
  return Math.min(end, behindNumber + 4 * Math.ceil(source.view.getUint32(behindNumber, hostOrder) / 4));
}

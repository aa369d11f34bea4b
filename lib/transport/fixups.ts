import { checkText, hostOrder, LONGEST_LINK_NAME, putText, type LinkName, type MessageNote } from '../codec';
import { FIXUP_AFTER_EARLIER, FIXUP_SIZE, FIXUP_TYPE, GROUP_SIZE, GROUP_UNDO, GROUP_WHOLE } from '../native';

/** Messages one behind the other, and the names of links in them, that the addon replaces by indexes when it sends. */
export interface NamingMessages {
  readonly view: DataView;
  /** In the order of their places. */
  readonly linkNames: readonly LinkName[];
}

/** Where the name stands in a fixup. */
const NAME = 16;

/** Bytes of `struct ifinfomsg`. */
const LINK_HEADER_SIZE = 16;

const scratch = new Uint8Array(16 * FIXUP_SIZE);
const scratchView = new DataView(scratch.buffer);

/**
 * Fixups as the addon reads them; undefined for none. To be handed over at once: the next call may use the same memory. Names
 * in the messages from `changed` on may stand for other links once those before are done.
 */
export function encodeFixups({ view, linkNames }: NamingMessages, changed = Infinity): Uint8Array | undefined {
  if (linkNames.length === 0) return undefined;
  const size = linkNames.length * FIXUP_SIZE;
  const isShort = size <= scratch.length;
  const bytes = isShort ? scratch.subarray(0, size).fill(0) : new Uint8Array(size);
  const fixups = isShort ? scratchView : new DataView(bytes.buffer);
  let message = 0;
  let at = 0;
  let last: string | undefined;
  for (const { offset, name, slot, isLong, isType } of linkNames) {
    message = messageAround(view, message, offset);
    fixups.setUint32(at, message, hostOrder);
    fixups.setUint32(at + 4, offset, hostOrder);
    const flags = (message >= changed ? FIXUP_AFTER_EARLIER : 0) | (isType === true ? FIXUP_TYPE : 0);
    fixups.setUint32(at + 8, flags, hostOrder);
    fixups.setUint32(at + 12, slot, hostOrder);
    const short = isLong === true ? '' : name;
    // Many messages about one link have its name once and again.
    if (short === last) repeatName(fixups, at);
    else putText(bytes, at + NAME, short, checkText(short, LONGEST_LINK_NAME));
    last = short;
    at += FIXUP_SIZE;
  }
  return bytes;
}

/** Copies the name of the fixup before. By words, which for so few takes a fifth of the time of `copyWithin`. */
function repeatName(fixups: DataView, at: number): void {
  for (let word = at + NAME; word < at + FIXUP_SIZE; word += 4) {
    fixups.setUint32(word, fixups.getUint32(word - FIXUP_SIZE, hostOrder), hostOrder);
  }
}

/** Where the message begins that an offset lies in: the one at `message`, or one behind it. */
function messageAround(view: DataView, message: number, offset: number): number {
  let next = message;
  while (next <= offset) {
    message = next;
    next += (view.getUint32(next, hostOrder) + 3) & ~3;
  }
  return message;
}

/** Notes about messages as the addon reads them; undefined for none. */
export function encodeNotes(notes: readonly MessageNote[]): Uint8Array | undefined {
  if (notes.length === 0) return undefined;
  const bytes = new Uint8Array(notes.length * GROUP_SIZE);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { message, group, isUndo, isWhole, slot, attribute, headerSize } of notes) {
    view.setUint32(at, message, hostOrder);
    view.setUint32(at + 4, group, hostOrder);
    view.setUint32(at + 8, (isUndo ? GROUP_UNDO : 0) | (isWhole === true ? GROUP_WHOLE : 0), hostOrder);
    view.setUint32(at + 12, slot, hostOrder);
    view.setUint32(at + 16, attribute, hostOrder);
    view.setUint32(at + 20, headerSize ?? LINK_HEADER_SIZE, hostOrder);
    at += GROUP_SIZE;
  }
  return bytes;
}

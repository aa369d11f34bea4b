import { checkText, hostOrder, LONGEST_LINK_NAME, putText, type LinkName } from '../codec';
import { FIXUP_AFTER_EARLIER, FIXUP_SIZE } from '../native';

/** A link's name in a message that the addon replaces by the link's index when it sends. */
export interface Fixup extends LinkName {
  /** Where the message begins. */
  message: number;
  /** Whether an earlier message of the batch may change which link has the name. */
  afterEarlier: boolean;
}

const scratch = new Uint8Array(16 * FIXUP_SIZE);

/** Fixups as the addon reads them; undefined for none. To be handed over at once: the next call may use the same memory. */
export function encodeFixups(fixups: readonly Fixup[]): Uint8Array | undefined {
  if (fixups.length === 0) return undefined;
  const size = fixups.length * FIXUP_SIZE;
  const bytes = size <= scratch.length ? scratch.subarray(0, size).fill(0) : new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { message, offset, afterEarlier, name } of fixups) {
    view.setUint32(at, message, hostOrder);
    view.setUint32(at + 4, offset, hostOrder);
    view.setUint32(at + 8, afterEarlier ? FIXUP_AFTER_EARLIER : 0, hostOrder);
    putText(bytes, at + 12, name, checkText(name, LONGEST_LINK_NAME));
    at += FIXUP_SIZE;
  }
  return bytes;
}

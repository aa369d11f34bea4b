import { encodeText, hostOrder, LONGEST_LINK_NAME, type LinkName } from '../codec';
import { FIXUP_AFTER_EARLIER, FIXUP_SIZE } from '../native';

/** A link's name in a message that the addon replaces by the link's index when it sends. */
export interface Fixup extends LinkName {
  /** Where the message begins. */
  message: number;
  /** Whether an earlier message of the batch may change which link has the name. */
  afterEarlier: boolean;
}

/** Fixups as the addon reads them; undefined for none. */
export function encodeFixups(fixups: readonly Fixup[]): Uint8Array | undefined {
  if (fixups.length === 0) return undefined;
  const bytes = new Uint8Array(fixups.length * FIXUP_SIZE);
  const view = new DataView(bytes.buffer);
  fixups.forEach(({ message, offset, afterEarlier, name }, index) => {
    const at = index * FIXUP_SIZE;
    view.setUint32(at, message, hostOrder);
    view.setUint32(at + 4, offset, hostOrder);
    view.setUint32(at + 8, afterEarlier ? FIXUP_AFTER_EARLIER : 0, hostOrder);
    bytes.set(encodeText(name, LONGEST_LINK_NAME), at + 12);
  });
  return bytes;
}

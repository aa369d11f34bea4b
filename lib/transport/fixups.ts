import {
  checkText,
  decodeText,
  hostOrder,
  LONGEST_LINK_NAME,
  putText,
  sourceOf,
  type LinkName,
  type Writer,
} from '../codec';
import { FIXUP_AFTER_EARLIER, FIXUP_SIZE } from '../native';

/** A link's name in a message that the addon replaces by the link's index when it sends. */
export interface Fixup extends LinkName {
  /** Where the message begins. */
  message: number;
  /** Whether an earlier message of the batch may change which link has the name. */
  afterEarlier: boolean;
}

/** Notes the names in the message that was written last, those of the writer's from `first` on. */
export function noteFixups(
  fixups: Fixup[],
  { linkNames }: Writer,
  first: number,
  { message, afterEarlier }: Pick<Fixup, 'message' | 'afterEarlier'>,
): void {
  for (let index = first; index < linkNames.length; index++) {
    const { offset, name } = linkNames[index]!;
    fixups.push({ message, offset, name, afterEarlier });
  }
}

const scratch = new Uint8Array(16 * FIXUP_SIZE);

/** Fixups as the addon reads them; undefined for none. To be handed over at once: the next call may use the same memory. */
export function encodeFixups(fixups: readonly Fixup[]): Uint8Array | undefined {
  if (fixups.length === 0) return undefined;
  const size = fixups.length * FIXUP_SIZE;
  const bytes = size <= scratch.length ? scratch.subarray(0, size).fill(0) : new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  let last: string | undefined;
  for (const { message, offset, afterEarlier, name } of fixups) {
    view.setUint32(at, message, hostOrder);
    view.setUint32(at + 4, offset, hostOrder);
    view.setUint32(at + 8, afterEarlier ? FIXUP_AFTER_EARLIER : 0, hostOrder);
    // Many messages about one link have its name once and again.
    if (name === last) bytes.copyWithin(at + 12, at + 12 - FIXUP_SIZE, at);
    else putText(bytes, at + 12, name, checkText(name, LONGEST_LINK_NAME));
    last = name;
    at += FIXUP_SIZE;
  }
  return bytes;
}

/** The name whose index belongs at an offset of the messages; undefined for none. */
export function nameAt(fixups: Uint8Array | undefined, offset: number): string | undefined {
  if (fixups === undefined) return undefined;
  const source = sourceOf(fixups);
  for (let at = 0; at < fixups.length; at += FIXUP_SIZE) {
    if (source.view.getUint32(at + 4, hostOrder) === offset) return decodeText(source, at + 12, at + FIXUP_SIZE);
  }
  return undefined;
}

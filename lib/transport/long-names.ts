/* eslint-disable @typescript-eslint/no-require-imports -- long names are rare: links are loaded when the first is looked up */
import type { LinkName, Writer } from '../codec';
import type * as Link from '../protocol/link';
import { whenNeeded } from '../when-needed';
import { writeMessage } from './encode';

const protocol = whenNeeded({ link: () => require('../protocol/link') as typeof Link });

/**
 * Puts a look-up of each long name that the last message has in front of that message, which begins at `start`; answers where it
 * begins then. The addon can look up short names alone. `sequence` gives each look-up its number.
 */
export function lookUpLongNames(writer: Writer, start: number, sequence: () => number): number {
  if (!writer.hasLongName) return start;
  writer.hasLongName = false;
  const first = writer.linkNames.findIndex(({ offset }) => offset >= start);
  const message = writer.bytes.slice(start, writer.position);
  const names = writer.linkNames.splice(first);
  const notes = writer.notes.splice(writer.notes.filter((note) => note.message < start).length);
  const namespaces = writer.namespaces.filter(({ offset }) => offset >= start);
  writer.cut(start);
  for (const name of names) if (name.isLong === true) lookUp(writer, name, sequence());
  const behind = writer.position - start;
  writer.append(message);
  for (const name of names) writer.linkNames.push({ ...name, offset: name.offset + behind });
  for (const note of notes) writer.notes.push({ ...note, message: note.message + behind });
  for (const namespace of namespaces) namespace.offset += behind;
  return start + behind;
}

function lookUp(writer: Writer, { name, slot }: LinkName, sequence: number): void {
  const message = writeMessage(writer, protocol.link.getLink(name), { sequence, acknowledgement: 0 });
  writer.notes.push({ message, group: 0, isUndo: false, slot, attribute: 0 });
}

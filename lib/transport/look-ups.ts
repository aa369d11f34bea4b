/* eslint-disable @typescript-eslint/no-require-imports -- most programs look up neither */
import { hostOrder, nextSlot, type LinkName, type Writer } from '../codec';
import type * as Control from '../protocol/generic/control';
import type * as Link from '../protocol/link';
import type { Query, Request } from '../protocol/netlink';
import { writeMessage } from './encode';
import { whenNeeded } from '../when-needed';
import type { GenericFamilies } from './generic-families';

const protocol = whenNeeded({
  control: () => require('../protocol/generic/control') as typeof Control,
  link: () => require('../protocol/link') as typeof Link,
});

/** Where the type stands in `nlmsghdr`. */
export const TYPE_OFFSET = 4;

/** A request in front of a message, which finds what that names. */
export type LookUp = Request | Query<Control.GenericFamily>;

/** Gives each look-up its sequence number. */
type Number = (lookUp: LookUp) => number;

/** A family that is looked up by a message before. */
interface Asked {
  readonly slot: number;
  /** Where the look-up begins. */
  readonly at: number;
}

/**
 * Look-ups in front of messages that are sent together: of links whose names are too long for the addon, and of generic netlink families
 * whose numbers are not known yet.
 */
export class LookUps {
  private readonly asked = new Map<string, Asked>();

  constructor(private readonly families: GenericFamilies) {}

  /**
   * Writes the look-ups that the last message needs before that message, which begins at `start`; returns where it
   * begins then.
   */
  putBefore(writer: Writer, start: number, { family }: Pick<Request, 'family'>, number: Number): number {
    if (family !== undefined) return this.nameFamily(writer, start, family, number);
    return writer.hasLongName ? lookUpLongNames(writer, start, number) : start;
  }

  /** What was written from there on is taken back. */
  takeBack(position: number): void {
    for (const [name, { at }] of this.asked) if (at >= position) this.asked.delete(name);
  }

  private nameFamily(writer: Writer, start: number, name: string, number: Number): number {
    const known = this.families.numberOf(name);
    if (known !== undefined) {
      writer.view.setUint16(start + TYPE_OFFSET, known, hostOrder);
      return start;
    }
    const asked = this.asked.get(name);
    const slot = asked?.slot ?? nextSlot();
    let begin = start;
    if (asked === undefined) {
      this.asked.set(name, { slot, at: start });
      begin = putBefore(writer, start, () => {
        const { getFamily, CTRL_ATTR, HEADER_SIZE } = protocol.control;
        const lookUp = getFamily(name);
        const message = writeMessage(writer, lookUp, { sequence: number(lookUp), acknowledgement: 0 });
        const attribute = CTRL_ATTR.FAMILY_ID;
        writer.notes.push({ message, group: 0, isUndo: false, slot, attribute, headerSize: HEADER_SIZE });
      });
    }
    writer.linkNames.push({ offset: begin + TYPE_OFFSET, name: '', slot, isType: true });
    return begin;
  }
}

/** What to say where the kernel has no such family. */
export function unknownFamily(name: string): string {
  return `this kernel has no family '${name}' of generic netlink`;
}

/** The addon can look up short names alone. */
function lookUpLongNames(writer: Writer, start: number, number: Number): number {
  writer.hasLongName = false;
  return putBefore(writer, start, (names) => {
    for (const { name, slot, isLong } of names) {
      if (isLong !== true) continue;
      const lookUp = protocol.link.getLink(name);
      const message = writeMessage(writer, lookUp, { sequence: number(lookUp), acknowledgement: 0 });
      writer.notes.push({ message, group: 0, isUndo: false, slot, attribute: 0 });
    }
  });
}

/** Writes something before the last message, which begins at `start`; returns where that begins then. */
function putBefore(writer: Writer, start: number, write: (names: readonly LinkName[]) => void): number {
  const first = writer.linkNames.findIndex(({ offset }) => offset >= start);
  const message = writer.bytes.slice(start, writer.position);
  const names = first < 0 ? [] : writer.linkNames.splice(first);
  const notes = writer.notes.splice(writer.notes.filter((note) => note.message < start).length);
  const namespaces = writer.namespaces.filter(({ offset }) => offset >= start);
  writer.cut(start);
  write(names);
  const behind = writer.position - start;
  writer.append(message);
  for (const name of names) writer.linkNames.push({ ...name, offset: name.offset + behind });
  for (const note of notes) writer.notes.push({ ...note, message: note.message + behind });
  for (const namespace of namespaces) namespace.offset += behind;
  return start + behind;
}

import {
  hostOrder,
  returnWriter,
  sourceOf,
  takeWriter,
  type LinkName,
  type NamespaceReference,
  type WriterMark,
} from '../codec';
import { ERRNO } from '../errno';
import { HEADER_SIZE, type Request } from '../protocol/netlink';
import { writeMessage, type MessageHeader } from './encode';
import { encodeFixups, encodeNotes } from './fixups';
import type { GenericFamilies } from './generic-families';
import { LookUps, TYPE_OFFSET, unknownFamily, type LookUp } from './look-ups';
import type { Verdict } from './messages';

/** Why a request failed, when `errno` is not 0. */
export interface Failure extends Verdict {
  /** The system call that failed, if the kernel did not get to answer. */
  call?: string | undefined;
  /** The property that `offset` points at. */
  property?: string | undefined;
  /** The link that has no such name. */
  unknownLink?: string | undefined;
}

/** Where a message lies. */
export interface Span {
  start: number;
  end: number;
}

/** Messages as the addon takes them. */
export interface EncodedMessages {
  readonly bytes: Uint8Array;
  /** The names in them that the addon replaces by indexes, encoded; undefined for none. */
  readonly fixups: Uint8Array | undefined;
  /** Notes for the addon about them; undefined for none. */
  readonly notes: Uint8Array | undefined;
  readonly linkNames: readonly LinkName[];
}

/** Most requests are shorter. */
const SIZE_OF_MOST = 256;

/** A group that a message belongs to. */
interface InGroup {
  readonly group: number;
  /** Sent only if a later one than the first failed. */
  readonly isUndo: boolean;
  readonly isWhole?: boolean;
}

/** Requests, written one behind the other, that are sent together. */
export class RequestMessages {
  private readonly writer = takeWriter();
  private lookUps: LookUps;
  /** Where the messages begin before which one may change what link has which name. */
  private namesChanged = Infinity;

  constructor(private readonly families: GenericFamilies) {
    this.lookUps = new LookUps(families);
  }

  /** Bytes of all. */
  get size(): number {
    return this.writer.position;
  }

  /**
   * Writes a request, behind the look-ups that it needs, which `number` gives their sequence numbers. Throws, and writes nothing, if it
   * cannot be encoded.
   */
  add(request: Request, header: MessageHeader, number: (lookUp: LookUp) => number, inGroup?: InGroup): Span {
    const { writer } = this;
    let start = writeMessage(writer, request, header);
    if (inGroup !== undefined || request.tells !== undefined) this.note(start, request, inGroup);
    if (writer.hasLongName || request.family !== undefined)
      start = this.lookUps.putBefore(writer, start, request, number);
    if (request.changesNames === true) this.namesChanged = Math.min(this.namesChanged, writer.position);
    return { start, end: start + writer.view.getUint32(start, hostOrder) };
  }

  /** Notes that a message belongs to a group, and which links its reply reports. */
  private note(message: number, { tells = [] }: Request, inGroup: InGroup = { group: 0, isUndo: false }): void {
    const { notes } = this.writer;
    if (tells.length === 0) notes.push({ message, ...inGroup, slot: 0, attribute: 0 });
    for (const { link, attribute } of tells) notes.push({ message, ...inGroup, slot: link.number, attribute });
  }

  /** Gives a message another sequence number. */
  renumber({ start }: Span, sequence: number): void {
    this.writer.view.setUint32(start + 8, sequence, hostOrder);
  }

  /** Makes room for requests that are about to be added. */
  makeRoom(requests: readonly Request[]): void {
    let size = 0;
    for (const { size: own = SIZE_OF_MOST } of requests) size += HEADER_SIZE + own;
    this.writer.makeRoom(size);
  }

  mark(): WriterMark {
    return this.writer.mark();
  }

  /** Takes back what was written since a mark. */
  takeBack(mark: WriterMark): void {
    this.writer.truncate(mark);
    this.lookUps.takeBack(mark.position);
  }

  /** All, where they lie: to be handed over at once. */
  encoded(): EncodedMessages {
    const { writer } = this;
    return {
      bytes: writer.bytes.subarray(0, writer.position),
      fixups: encodeFixups(writer, this.namesChanged),
      notes: encodeNotes(writer.notes),
      linkNames: writer.linkNames,
    };
  }

  /** The fields that take the fds of namespaces which are made just before: offset and handle of each, for the addon. */
  encodedNamespaces(): number[] {
    return this.writer.namespaces.flatMap(({ offset, handle }) => [offset, handle]);
  }

  /** The namespaces that the messages name, which are the caller's to release from now on. */
  takeReferences(): NamespaceReference[] {
    return this.writer.references.splice(0);
  }

  /** Takes all of them away, in memory of their own, and lets go of what is referred to. */
  cut(): EncodedMessages {
    const { writer } = this;
    const { bytes, fixups, notes, linkNames } = this.encoded();
    const cut = { bytes: bytes.slice(), fixups: fixups?.slice(), notes, linkNames: [...linkNames] };
    writer.truncate();
    this.namesChanged = Infinity;
    // What these look up, the next do not know.
    this.lookUps = new LookUps(this.families);
    return cut;
  }

  /** Gives the memory back, and lets go of what is referred to. Nothing is added after that. */
  end(): void {
    returnWriter(this.writer);
  }

  /** What the kernel says of a request, in the caller's words. */
  explain(
    verdict: Verdict,
    request: Pick<Request, 'family' | 'locate'>,
    { start, end }: Span,
    { bytes, linkNames }: Pick<EncodedMessages, 'bytes' | 'linkNames'> = this.writer,
  ): Failure {
    const { offset } = verdict;
    if (verdict.errno === ERRNO.ENOENT && request.family !== undefined) {
      // Its number may be another family's by the next time.
      this.families.forget(request.family);
      if (offset === TYPE_OFFSET) return { errno: ERRNO.ENOENT, text: unknownFamily(request.family) };
    }
    if (offset === undefined) return verdict;
    return {
      ...verdict,
      property: request.locate?.(sourceOf(bytes), start + HEADER_SIZE, end, start + offset),
      unknownLink: linkNames.find((name) => name.offset === start + offset)?.name,
    };
  }
}

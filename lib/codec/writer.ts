import { wrongValue } from '../errors';
import { hostOrder } from './byte-order';

/**
 * A network namespace that is open here: a `NetworkNamespace`, which `createNamespace`, `openNamespace` and `hostNamespace` give. Its
 * fd is written into requests, so it stays open until the kernel has answered, though it be closed meanwhile.
 */
export interface NamespaceReference {
  /** What it is. */
  readonly [Symbol.toStringTag]: 'NetworkNamespace';
  /**
   * Keeps the fd open until the matching {@link release}, and answers it. Throws if it is closed already.
   * @internal
   */
  retain(): number;
  /** @internal */
  release(): void;
  /**
   * The addon's handle of a namespace that is still being made and has no fd yet.
   * @internal
   */
  readonly beingMade?: number | undefined;
}

/** A namespace named in a request before it exists: the addon writes its fd just before it sends. */
export interface NamespaceToBe {
  /** Where the fd belongs, from the writer's start. */
  offset: number;
  /** The addon's handle. */
  handle: number;
}

/** A link named in a request, or its family of generic netlink: the addon writes the index, or the number, just before it sends. */
export interface LinkName {
  /** Where the index belongs, from the writer's start. */
  offset: number;
  /** Empty where only another message tells the index. */
  name: string;
  /** Where the addon keeps the index for messages that name the same link; 0 for nowhere. */
  slot: number;
  /** The name is too long for the addon: a request before the message looks it up. */
  isLong?: true;
  /** It is the type of the message itself: the number of a family that another message tells. */
  isType?: true;
}

/** What the addon is told about one message: see GROUP_SIZE in lib/native.ts. */
export interface MessageNote {
  /** Where the message begins, from the writer's start. */
  message: number;
  /** The number of the group that it is one of; 0 for none. */
  group: number;
  /** Whether it undoes what the first of the group did. */
  isUndo: boolean;
  /** Whether the group is one batch for the kernel: see GROUP_WHOLE in lib/native.ts. */
  isWhole?: boolean;
  /** Where the index goes that the reply tells; 0 for nowhere. */
  slot: number;
  /** The attribute of the reply that has the index; 0 for its header. */
  attribute: number;
  /** Bytes of the family's header in the reply, behind which the attribute is looked for; 16 by default, those of `struct ifinfomsg`. */
  headerSize?: number;
}

/** A point of a writer, and how much it refers to by then. */
export interface WriterMark {
  position: number;
  linkNames: number;
  references: number;
  namespaces: number;
  notes: number;
}

const start: WriterMark = { position: 0, linkNames: 0, references: 0, namespaces: 0, notes: 0 };

const INITIAL_SIZE = 4096;
const LARGEST_SPARE = 256 * 1024;
const MOST_SPARE = 8;
const LONGEST_ATTRIBUTE = 0xffff;
const SHORT = 16;

/** Bytes of netlink messages under construction, growing as needed, and the references that sending has to resolve. */
export class Writer {
  bytes: Uint8Array = new Uint8Array(INITIAL_SIZE);
  view: DataView = new DataView(this.bytes.buffer);
  position = 0;
  readonly linkNames: LinkName[] = [];
  readonly references: NamespaceReference[] = [];
  readonly namespaces: NamespaceToBe[] = [];
  readonly notes: MessageNote[] = [];
  /** Where the header of the message being written begins, for the fields that speak for its members. */
  header = 0;
  /** Whether one of the names is too long for the addon, since this was last set to false. */
  hasLongName = false;

  /** Makes room for `size` bytes, zeroed, and answers where they begin. */
  reserve(size: number): number {
    const start = this.position;
    this.position = start + size;
    if (this.position > this.bytes.length) this.grow();
    return start;
  }

  /** Sees to it that so many bytes more fit without growing again. Memory that is not written to costs nothing. */
  makeRoom(size: number): void {
    const wanted = this.position + size;
    // Twice as much at least, since many requests may ask for a little each.
    if (wanted > this.bytes.length) this.grow(Math.max(this.bytes.length * 2, wanted));
  }

  uint8(value: number): void {
    const at = this.reserve(1);
    this.view.setUint8(at, value);
  }

  uint16(value: number): void {
    const at = this.reserve(2);
    this.view.setUint16(at, value, hostOrder);
  }

  uint32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, hostOrder);
  }

  append(bytes: Uint8Array): void {
    const { length } = bytes;
    const at = this.reserve(length);
    // For an address a loop is three times as fast as `set`.
    if (length <= SHORT) for (let index = 0; index < length; index++) this.bytes[at + index] = bytes[index]!;
    else this.bytes.set(bytes, at);
  }

  /** Writes over bytes that are there already. */
  overwrite<Input>(at: number, type: { encode(writer: Writer, value: Input): void }, value: Input): void {
    const { position } = this;
    this.position = at;
    try {
      type.encode(this, value);
    } finally {
      this.position = position;
    }
  }

  /** Opens an attribute (`nlattr`); the payload follows. Answers what {@link endAttribute} wants. */
  beginAttribute(type: number): number {
    const start = this.reserve(4);
    this.view.setUint16(start + 2, type, hostOrder);
    return start;
  }

  /** Fills the attribute's length and pads to the next multiple of four. Throws if the length does not fit its 16 bits. */
  endAttribute(start: number): void {
    const length = this.position - start;
    if (length > LONGEST_ATTRIBUTE) throw wrongValue(`is too long for one attribute: ${String(length - 4)} bytes`);
    this.view.setUint16(start, length, hostOrder);
    this.align();
  }

  align(): void {
    const rest = this.position & 3;
    if (rest !== 0) this.reserve(4 - rest);
  }

  /** Forgets the bytes after a point, in which nothing is named. */
  cut(position: number): void {
    this.bytes.fill(0, position, this.position);
    this.position = position;
  }

  /** Where it is, to come back to. */
  mark(): WriterMark {
    const { position, linkNames, references, namespaces, notes } = this;
    return {
      position,
      linkNames: linkNames.length,
      references: references.length,
      namespaces: namespaces.length,
      notes: notes.length,
    };
  }

  /** Forgets everything after a point: a message whose encoding failed half-way. */
  truncate(to: WriterMark = start): void {
    this.release(to.references);
    this.cut(to.position);
    this.linkNames.length = to.linkNames;
    this.namespaces.length = to.namespaces;
    this.notes.length = to.notes;
  }

  /** Lets go of the namespaces that are referred to, but for the first of them. */
  release(kept = 0): void {
    while (this.references.length > kept) this.references.pop()!.release();
  }

  private grow(size = Math.max(this.bytes.length * 2, this.position)): void {
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

const spare: Writer[] = [];

/** An empty writer: a new one, or one that was given back. Making its buffer costs more than most requests. */
export function takeWriter(): Writer {
  const writer = spare.pop();
  if (writer === undefined) return new Writer();
  // Here, since whoever gives it back has somebody waiting for an answer.
  writer.truncate();
  return writer;
}

/** Gives a writer back, whose bytes nobody reads any more, and lets go of the namespaces that it refers to. */
export function returnWriter(writer: Writer): void {
  writer.release();
  if (writer.bytes.length <= LARGEST_SPARE && spare.length < MOST_SPARE) spare.push(writer);
}

import { show, wrongType, wrongValue } from '../errors';
import { checkInteger } from './integers';
import { hostOrder } from './byte-order';
import { checkLinkName, LONGEST_ALTERNATIVE_NAME, LONGEST_LINK_NAME } from './text';
import { fieldOf, type Field, type FixedType } from './type';
import type { Writer } from './writer';

/** A link in the request's namespace: its name, its alternative name, or its index. */
export type LinkReference = string | number;

let lastSlot = 0;

/** A number by which the addon keeps what one message tells for later ones. */
export function nextSlot(): number {
  lastSlot = (lastSlot % 0x7fffffff) + 1;
  return lastSlot;
}

/**
 * A link that one message of a call makes or finds, and that later messages of the call refer to. It stays the same
 * link if it is renamed meanwhile.
 */
export class LinkSlot {
  /** Its number for the addon. */
  readonly number = nextSlot();
  /** An earlier message reports its index, so it needs no look-up. */
  isTold = false;

  constructor(
    /** The name by which it is looked up if no earlier message has reported its index. */
    readonly name?: string,
  ) {}
}

/** Throws unless a value can name a link. The kernel takes index 0 for none, which some requests may say. */
export function checkLinkReference(value: unknown): asserts value is LinkReference {
  if (typeof value === 'string') checkLinkName(value, LONGEST_ALTERNATIVE_NAME);
  else if (typeof value === 'number') {
    if (value !== 0) checkInteger(value, 1, 0x7fffffff);
  } else throw wrongType(`must be the name or index of a link, not ${show(value)}`);
}

/** As {@link checkLinkReference}, for a required link: the kernel takes index 0 as none, or as all of a group. */
export function checkSomeLink(value: unknown): asserts value is LinkReference {
  if (value === 0) checkInteger(value, 1, 0x7fffffff);
  checkLinkReference(value);
}

/** Whether a name is too long for the name of a device, so that it must be an alternative name. */
export function isLongLinkName(name: unknown): name is string {
  if (typeof name !== 'string' || name.length <= LONGEST_LINK_NAME / MOST_BYTES_PER_UNIT) return false;
  return Buffer.byteLength(name) > LONGEST_LINK_NAME;
}

/** UTF-8 takes at most so many bytes for one unit of a string. */
const MOST_BYTES_PER_UNIT = 3;

function pushLongName(writer: Writer, offset: number, name: string, slot: number): void {
  writer.linkNames.push({ offset, name, slot, isLong: true });
  writer.hasLongName = true;
}

/** An index of a link. A name becomes the index that the link has when the request is sent. */
export const linkIndexType: FixedType<number, LinkReference> = {
  size: 4,
  encode(writer, value: LinkReference | LinkSlot) {
    const { position: offset } = writer;
    if (value instanceof LinkSlot) {
      const { name = '', number: slot, isTold } = value;
      value.isTold = true;
      if (!isLongLinkName(name)) writer.linkNames.push({ offset, name, slot });
      else if (isTold) writer.linkNames.push({ offset, name: '', slot });
      else pushLongName(writer, offset, name, slot);
      writer.uint32(0);
      return;
    }
    checkLinkReference(value);
    if (typeof value !== 'string') {
      writer.uint32(value);
      return;
    }
    if (isLongLinkName(value)) pushLongName(writer, offset, value, nextSlot());
    else writer.linkNames.push({ offset, name: value, slot: 0 });
    writer.uint32(0);
  },
  decode: (source, start, end) => (end - start < 4 ? 0 : source.view.getUint32(start, hostOrder)),
};

export const linkIndex = fieldOf(linkIndexType);

/** As {@link linkIndexType}, for a required link: the kernel takes 0 as if nothing were given. */
export const someLinkIndexType: FixedType<number, LinkReference> = {
  ...linkIndexType,
  encode(writer, value: LinkReference | LinkSlot) {
    if (value === 0) checkSomeLink(value);
    linkIndexType.encode(writer, value as LinkReference);
  },
};

export const someLinkIndex = fieldOf(someLinkIndexType);

/**
 * As {@link someLinkIndex}, for a link that `null` removes. The kernel also takes 0 for that, which is refused as it
 * may be a mistake.
 */
export function clearableLinkIndex(number: number): Field<number, LinkReference | null> {
  const of = someLinkIndex(number);
  const any = linkIndex(number);
  return {
    ...of,
    encode(writer, value, values) {
      if (value === 0)
        throw wrongValue('must be the name of a link, or its index, which is 1 or more; null is for none');
      any.encode(writer, value ?? 0, values);
    },
  };
}

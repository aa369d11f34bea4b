import { wrongType, show } from '../errors';
import { checkInteger } from './integers';
import { hostOrder } from './byte-order';
import { checkLinkName } from './text';
import { fieldOf, type FixedType } from './type';

/** A link in the request's namespace: its name, its alternative name, or its index. */
export type LinkReference = string | number;

/** Throws unless a value can name a link. */
export function checkLinkReference(value: unknown): asserts value is LinkReference {
  if (typeof value === 'string') checkLinkName(value);
  else if (typeof value === 'number') checkInteger(value, 0, 0x7fffffff);
  else throw wrongType(`must be the name or index of a link, not ${show(value)}`);
}

/** An index of a link. A name is written as the index that it has when the request is sent. */
export const linkIndexType: FixedType<number, LinkReference> = {
  size: 4,
  encode(writer, value) {
    checkLinkReference(value);
    if (typeof value === 'string') writer.linkNames.push({ offset: writer.position, name: value });
    writer.uint32(typeof value === 'string' ? 0 : value);
  },
  decode: (source, start, end) => (end - start < 4 ? 0 : source.view.getUint32(start, hostOrder)),
};

export const linkIndex = fieldOf(linkIndexType);

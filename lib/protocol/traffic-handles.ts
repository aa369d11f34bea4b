import { checkInteger, uint32, type FixedType } from '../codec';
import { show, wrongType, wrongValue } from '../errors';

const WHOLE = 2 ** 32 - 1;

/**
 * A queueing discipline or class by its numbers, in hexadecimal: '1:' and '1:10'; or a place that has a name. As one number it is both:
 * the major one in the upper 16 bits, the minor one in the lower, so that '1:10' is 0x00010010.
 */
export type Handle = (string & {}) | 'root' | 'ingress' | 'none' | number;

const places = { none: 0, root: 0xffffffff, ingress: 0xfffffff1 } as const;

/** The number of a {@link Handle}. */
export const handleType: FixedType<Handle> = {
  size: 4,
  encode(writer, value) {
    uint32.encode(writer, numberOf(value));
  },
  decode(source, start, end) {
    const number = uint32.decode(source, start, end);
    for (const [name, place] of Object.entries(places)) if (number === place) return name;
    const minor = number & 0xffff;
    return `${(number >>> 16).toString(16)}:${minor === 0 ? '' : minor.toString(16)}`;
  },
};

/** The number of a queueing discipline itself, which has no minor one; 0 where a device has it of its own. */
export const majorType: FixedType<string, string | number> = {
  size: 4,
  encode(writer, value) {
    if (typeof value !== 'number' && typeof value !== 'string')
      throw wrongType(`must be like '1:', not ${show(value)}`);
    const isMajor = typeof value === 'number' ? (value & 0xffff) === 0 : MAJOR.test(value);
    if (!isMajor) throw wrongValue(`must be like '1:', without a minor number, not ${show(value)}`);
    handleType.encode(writer, value);
  },
  decode(...place) {
    const handle = handleType.decode(...place);
    return handle === 'none' ? '0:' : String(handle);
  },
};

const MAJOR = /^[0-9a-f]{1,4}:0{0,4}$/i;

function numberOf(value: Handle): number {
  if (typeof value === 'number') {
    checkInteger(value, 0, WHOLE);
    return value;
  }
  if (typeof value !== 'string') throw wrongType(`must be a handle such as '1:' or '1:10', not ${show(value)}`);
  if (Object.hasOwn(places, value)) return places[value as keyof typeof places];
  const found = /^([0-9a-f]{1,4}):([0-9a-f]{0,4})$/i.exec(value);
  if (found === null) {
    throw wrongValue(`must be a handle such as '1:' or '1:10', 'root' or 'ingress', not ${show(value)}`);
  }
  return Number.parseInt(found[1]!, 16) * 0x10000 + Number.parseInt(found[2] === '' ? '0' : found[2]!, 16);
}

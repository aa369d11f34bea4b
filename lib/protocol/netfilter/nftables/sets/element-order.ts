import { numberIn, type ValueType } from '../values/value-type';
import { inNetworkOrder } from '../values/order';
import type { ElementValues } from './messages';

// The kernel lists elements in an order of its own, which changes. Here they are told by their keys.

/** Where an element stands among others: a number, or a text. */
export type Order = number | string;

/** So many bytes make a number, with room for that of an element behind it. */
const MOST_OF_NUMBER = 4;

/**
 * Tells where an element stands in a set with keys of these types: by the value of its key. The end of a range stands in front of what begins there, and the
 * element for all that no other one has behind the others. No two elements of a set stand at the same place.
 */
export function orderOf(types: readonly ValueType[], isInterval: boolean): (element: ElementValues) => Order {
  const [type, another] = types;
  // Ranges, and values that stand together, are in the order of the network.
  if (type === undefined || another !== undefined || isInterval) return byBytes(undefined, isInterval);
  return type.size <= MOST_OF_NUMBER ? byNumber(type) : byBytes(type, false);
}

function byNumber({ isHost, isText }: ValueType): (element: ElementValues) => number {
  const isTurned = isHost && isText !== true;
  return ({ key }) => (key?.value === undefined ? LAST_NUMBER : numberIn(key.value, isTurned));
}

function byBytes(type: ValueType | undefined, isInterval: boolean): (element: ElementValues) => string {
  return (element) => {
    const value = element.key?.value;
    if (value === undefined) return LAST;
    const { buffer, byteOffset, length } = type === undefined ? value : inNetworkOrder(type, value);
    const text = Buffer.from(buffer, byteOffset, length).toString('latin1');
    return isInterval ? `${text}${isEnd(element) ? '0' : '1'}` : text;
  };
}

/** Behind all numbers of four bytes, and all texts. */
const LAST_NUMBER = 2 ** 32;
const LAST = '\uffff';

export function compareOrder(one: Order, other: Order): number {
  return one < other ? -1 : Number(one > other);
}

/** Whether an element is where a range ends. */
export function isEnd({ flags }: ElementValues): boolean {
  return flags?.includes('end') === true;
}

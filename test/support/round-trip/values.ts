import { attributesOf, hostOrder, sourceOf, Writer, type Field, type Source } from '../../../lib/codec';
import { ascii, attribute, bytes } from '../bytes';

// Legal values of a field, found by its declaration alone: what it makes of some bytes, if it writes that so that it reads the same
// again. So a new field has values without a word here.

export type AnyField = Field<unknown, never>;

const numbers = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 16, 32, 64, 100, 200, 253, 254, 255, 1000, 1400, 2000],
  ...[0x8100, 0x88a8, 40_000, 70_000, 1_000_000, -7],
];

function integers(size: 1 | 2 | 4 | 8): Uint8Array[] {
  const host = numbers.map((number) => {
    const all = new Uint8Array(8);
    new DataView(all.buffer).setBigInt64(0, BigInt(number), hostOrder);
    return hostOrder ? all.slice(0, size) : all.slice(8 - size);
  });
  return size === 1 ? host : host.flatMap((one) => [one, one.toReversed()]);
}

const texts = [
  ...[
    [10, 0, 0, 2],
    [239, 1, 1, 1],
    [2, 0, 0, 0, 0, 5],
    [2, 0, 0, 0, 0, 6],
  ].map((octets) => Uint8Array.from(octets)),
  ...[2, 3].map((last) => bytes([0x20, 1, 0xd, 0xb8], new Uint8Array(11), last)),
  // The lower half of an address alone.
  bytes(new Uint8Array(15), 7),
  ascii('reno\0'),
  ascii('some text'),
];

/** Several numbers one behind the other: a range, a mapping, a value and its mask, a struct. */
const structs = ([2, 4] as const).flatMap((size) => {
  const all = integers(size).slice(2, 24);
  return [2, 3, 4, 5].flatMap((count) =>
    [0, 9].map((from) => bytes(...Array.from({ length: count }, (_, index) => all[(from + 2 * index) % all.length]!))),
  );
});

/** The same number in each member of a struct. */
const filled = integers(4)
  .filter((_, index) => index % 2 === 0)
  .map((one) => bytes(...Array.from({ length: 12 }, () => one)));

const plain = [
  new Uint8Array(),
  ...texts,
  ...([1, 2, 4, 8] as const).flatMap((size) => integers(size)),
  ...structs,
  ...filled,
];
/** Of those some, for attributes inside others. */
const some = plain.filter((_, index) => index < 12 || index % 3 === 0);

const MOST_INSIDE = 20;

/** Values of a field that it takes; those of which the kernel may make more sense than of others, where there are such. */
export function legalValues(name: string, field: AnyField): unknown[] {
  const found = new Map<string, unknown>();
  const add = (value: unknown): void => {
    if (value === undefined) return;
    const key = textOf(value);
    if (!found.has(key) && isLegal(name, field, value)) found.set(key, value);
  };
  for (const path of pathsOf(field)) {
    const read = (payload: Uint8Array) => path(payload);
    for (const payload of plain) add(read(payload));
    if (isEmpty(read(new Uint8Array()))) for (const value of nestedValues(read)) add(value);
  }
  return sensible([...found.values()]);
}

/** How a field reads a payload, by each of its attributes. */
function pathsOf(field: AnyField): ((payload: Uint8Array) => unknown)[] {
  const decode = (payload: Uint8Array, number: number) =>
    attempt(() => field.decode(sourceOf(payload), 0, payload.length, number, undefined, {}));
  const { inside } = field;
  if (inside === undefined) return field.numbers.map((number) => (payload) => decode(payload, number));
  const [first, ...path] = inside.path as [number, ...number[]];
  const { numbers: own } = inside.inner as AnyField;
  const wrapped = (payload: Uint8Array, number: number) =>
    [...path, number].reduceRight((inner, one) => attribute(one, inner), payload);
  return own.map((number) => (payload) => decode(wrapped(payload, number), first));
}

/** What attributes inside one make of it, each alone and several together. */
function nestedValues(read: (payload: Uint8Array) => unknown): unknown[] {
  const inside: Uint8Array[][] = [];
  const values: unknown[] = [];
  for (let number = 0; number <= MOST_INSIDE; number++) {
    const known: Uint8Array[] = [];
    for (const payload of some) {
      const one = attribute(number, payload);
      const value = read(one);
      if (value === undefined || isEmpty(value)) continue;
      known.push(one);
      values.push(value);
    }
    if (known.length > 0) inside.push(known);
  }
  const together = [3, 11, 18, 25].map((place) => read(bytes(...inside.map((known) => known[place % known.length]!))));
  return [...values, ...together];
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** A struct in front of attributes. */
export interface HeaderType {
  size: number;
  decode: (source: Source, start: number, end: number) => unknown;
}

/** Values of a field that stands in the header of a message: what it makes of headers. */
export function headerValues(name: string, field: AnyField, header: HeaderType): unknown[] {
  if (field.begin === undefined || field.numbers.length > 0) return [];
  const found = new Map<string, unknown>();
  for (const number of [...numbers.filter((one) => one >= 0 && one < 256), 192, 253]) {
    const values = attempt(() => header.decode(sourceOf(new Uint8Array(header.size).fill(number)), 0, header.size));
    const value = attempt(() => field.begin!(values as never));
    if (value !== undefined && isLegal(name, field, value)) found.set(textOf(value), value);
  }
  return sensible([...found.values()]);
}

/** Words where there are words, numbers that are not too big. */
function sensible(values: unknown[]): unknown[] {
  const without = (isNonsense: (value: unknown) => boolean) => {
    const rest = values.filter((value) => !isNonsense(value));
    return rest.length === 0 ? values : rest;
  };
  values = without((value) => typeof value === 'string' && !/^[\x21-\x7e][\x20-\x7e]*$/.test(value));
  const isText = (value: unknown) => typeof value === 'string';
  if (values.filter(isText).length > 1) values = without((value) => !isText(value));
  const fromTexts = new Set(
    texts.flatMap((one) => [one.join('.'), [...one].map((octet) => octet.toString(16).padStart(2, '0')).join(':')]),
  );
  const isAddress = (value: unknown) => isText(value) && (fromTexts.has(value) || value.includes('2001:db8::'));
  if (values.some(isAddress)) values = without((value) => !isAddress(value));
  values = without((value) => Array.isArray(value) && value.some((one) => typeof one === 'number'));
  return without((value) => typeof value === 'number' && Math.abs(value) > 1_000_000);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${String(one)}n` : one)) ?? '';
}

/** Whether a field takes a value and reads the same again. */
function isLegal(name: string, field: AnyField, value: unknown): boolean {
  const writer = new Writer();
  writer.reserve(HEADER_ROOM);
  try {
    field.encode(writer, value as never, { [name]: value });
  } catch (error) {
    // Of several fields that are written as one: what is missing beside it.
    return field.isTransparent === true && (error as { property?: string }).property !== name;
  }
  if (writer.position === HEADER_ROOM) return true;
  let read: unknown;
  const source = sourceOf(writer.bytes);
  for (const { number, start, end } of attributesOf(source, HEADER_ROOM, writer.position)) {
    if (field.numbers.includes(number)) read = attempt(() => field.decode(source, start, end, number, read, {}));
  }
  return textOf(read) === textOf(value);
}

/** For what fields write into the header of a message. */
const HEADER_ROOM = 64;

/** Whether a field takes the name of a link. */
export function isReference(field: AnyField): boolean {
  const writer = new Writer();
  writer.reserve(HEADER_ROOM);
  const encode = () => {
    field.encode(writer, 'a-link' as never, {});
    return writer.linkNames.length > 0;
  };
  return attempt(encode) === true;
}

function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

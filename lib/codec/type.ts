import { types } from 'node:util';

import type { Comparison } from './comparison';
import type { FilterBy } from './marks';
import type { NamedLink } from './link-name-field';
import type { Writer } from './writer';

/** Bytes to decode from, with a view of the same bytes. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** A source over the whole of a buffer; of a Buffer over its plain bytes, since what is cut out of that is no copy. */
export function sourceOf(buffer: ArrayBuffer | Uint8Array): Source {
  const isPlain = types.isUint8Array(buffer) && !Buffer.isBuffer(buffer);
  const bytes = isPlain ? buffer : bytesOver(buffer);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

function bytesOver(buffer: ArrayBuffer | Uint8Array): Uint8Array {
  return types.isUint8Array(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

/**
 * How a value is represented in bytes, in both directions. Encoding checks the value and throws a TypeError or
 * RangeError that says what is wrong; the enclosing type adds the property's name. Decoding never reads outside `start`
 * to `end`.
 */
export interface Type<Output, Input = Output> {
  encode(writer: Writer, value: Input): void;
  readonly decode: (source: Source, start: number, end: number) => Output;
  /** The property that holds the byte at `offset`, for types that have properties. */
  locate?(source: Source, start: number, end: number, offset: number): string | undefined;
  /** Whether the bytes hold more than is known here, as from a newer kernel: a struct with further members. */
  readonly holdsMore?: HoldsMore;
}

export type HoldsMore = (source: Source, start: number, end: number, number: number) => boolean;

/** A type of constant size, for members of structs. Decoding fewer bytes than `size` yields undefined or zero. */
export interface FixedType<Output, Input = Output> extends Type<Output, Input> {
  readonly size: number;
  /** As a member of a struct: the error if it is absent. Without this an absent member is zero. */
  readonly wants?: string;
}

/** One property of a message: the attribute or attributes that carry it, and how. */
export interface Field<Output, Input = Output> {
  /** The attribute numbers that it is decoded from. */
  readonly numbers: readonly number[];
  /** The kernel reports it, but does not take it. Requests leave it out, so that a listed row can be added again. */
  readonly readOnly: boolean;
  /** The properties inside it belong to the enclosing object: errors leave its own name out of their paths. */
  readonly isTransparent?: boolean;
  /** Its decoder gets the value of an earlier attribute of the message. */
  readonly accumulates?: boolean;
  /** Writes whole attributes, header and padding included; `values` are all values of the message. */
  encode(writer: Writer, value: Input, values?: object): void;
  /** It is a part of its attribute, from which other fields are decoded as well. */
  readonly isPart?: boolean;
  /**
   * Decodes the payload of the attribute with this `number`. `previous` is the value from an earlier attribute or the
   * header, if it accumulates; `header` is the decoded header of the message. The result depends on nothing else.
   */
  readonly decode: (
    source: Source,
    start: number,
    end: number,
    number: number,
    previous?: unknown,
    header?: unknown,
  ) => Output;
  locate?(source: Source, start: number, end: number, offset: number): string | undefined;
  /** As `locate`, for a field that needs the attributes beside it: `start` to `end` has all of them. */
  locateAmong?(source: Source, start: number, end: number, offset: number): string | undefined;
  /**
   * Whether an attribute holds more than is known here. It is then decoded, and also kept whole among the unknown ones.
   */
  readonly holdsMore?: HoldsMore;
  /** The attributes that enclose it, which a request writes once for all its fields in there. */
  readonly inside?: Inside;
  /** Whether the byte at `offset` belongs to it, if several fields share an attribute. */
  readonly covers?: (source: Source, start: number, end: number, offset: number) => boolean;
  /** The members of the message's header that are part of it, alone or beside its attributes. */
  readonly members?: readonly string[];
  /** Its value from the header, before any attribute is read; `undefined` if the header has none. */
  readonly begin?: (header: never) => unknown;
  /** The error for a request without it: it is required. */
  readonly wants?: string;
  /** The properties that it excludes in a request. */
  readonly apart?: readonly string[];
  /** Without one of these properties it has no effect. */
  readonly needs?: readonly string[];
  /** The value that stands for absent in a request. */
  readonly none?: unknown;
  /** It is chosen when a thing is made, and cannot be changed later. */
  readonly isCreateOnly?: boolean;
  /** It is part of a row's key. */
  readonly isKey?: boolean;
  /** The properties inside it. */
  readonly names?: readonly string[];
  /** Lists can be filtered by it. */
  readonly filterBy?: FilterBy;
  /** It tells the name of a link, and is in no message. */
  readonly namedLink?: NamedLink;
  /** Its value is an array of rows with these fields. */
  readonly rows?: Readonly<Record<string, Field<unknown, never>>>;
  /** How the kernel compares it when it looks for the row that a request deletes. */
  readonly comparison?: Comparison;
}

/** The position of a field inside other attributes. */
export interface Inside {
  /** The numbers of the enclosing attributes, outermost first. */
  readonly path: readonly number[];
  readonly inner: Pick<Field<unknown, never>, 'encode'>;
}

/** A field that every row has. */
export interface ConstantField {
  readonly isConstant: true;
}

/** A field that every request has. */
export interface RequiredField {
  readonly wants: string;
}

/** Marks a required field, or a required member of a struct; `wants` says what it must be. */
export function required<F extends Field<unknown, never> | FixedType<unknown, never>>(
  of: F,
  wants: string,
): F & RequiredField {
  return { ...of, wants };
}

/** Marks a field that every row has: the kernel always sends it, or `otherwise` is the value when it does not. */
export function constant<F extends Field<unknown, never>>(
  of: F,
  ...otherwise: F extends Field<infer Output, never> ? [otherwise?: Output] : never
): F & ConstantField {
  const [value] = otherwise;
  return { ...(value === undefined ? of : { ...of, begin: () => value }), isConstant: true };
}

/** A field that the kernel reports and does not take. */
export interface ReadOnlyField<Output> extends Field<Output, never> {
  readonly readOnly: true;
}

/** A field that is given when a thing is made, and cannot be changed later. */
export interface CreateOnlyField {
  readonly isCreateOnly: true;
}

/** Marks a field that is chosen when a thing is made, and cannot be changed later. */
export function createOnly<F extends Field<unknown, never>>(of: F): F & CreateOnlyField {
  return { ...of, isCreateOnly: true };
}

/** A field that the kernel takes and does not report. */
export interface WriteOnlyField<Input = never> extends Field<never, Input> {
  readonly writeOnly: true;
}

/** The field for one attribute whose payload has a type. */
export function field<Output, Input = Output>(number: number, type: Type<Output, Input>): Field<Output, Input> {
  return {
    numbers: [number],
    readOnly: false,
    encode(writer, value) {
      const start = writer.beginAttribute(number);
      type.encode(writer, value);
      writer.endAttribute(start);
    },
    decode: type.decode,
    ...(type.locate && { locate: type.locate.bind(type) }),
    ...(type.holdsMore && { holdsMore: type.holdsMore }),
  };
}

/** A constructor of fields of one type: `const u32 = fieldOf(uint32)`, then `u32(IFLA_MTU)`. */
export function fieldOf<Output, Input>(type: Type<Output, Input>): (number: number) => Field<Output, Input> {
  return (number) => field(number, type);
}

/** Marks a field that is one of several in the same attribute. */
export function partly<F extends Field<unknown, never>>(of: F): F {
  return { ...of, isPart: true };
}

/** Marks a field that the kernel reports and does not take. */
export function readOnly<Output, Input>(of: Field<Output, Input>): ReadOnlyField<Output> {
  return { ...of, readOnly: true };
}

/** Lets `null` stand for the value that clears a field. */
export function clearable<Output, Input>(of: Field<Output, Input>, cleared: Input): Field<Output, Input | null> {
  return {
    ...of,
    encode: (writer, value, values) => {
      of.encode(writer, value ?? cleared, values);
    },
  };
}

/** Marks a field that the kernel takes but does not report: no row has it, but a decoded request may. */
export function writeOnly<Input>(
  of: Pick<Field<unknown, Input>, 'numbers' | 'encode' | 'locate'> & Partial<Pick<Field<unknown, Input>, 'decode'>>,
): WriteOnlyField<Input> {
  const { decode = () => undefined } = of;
  return { readOnly: false, ...of, writeOnly: true, decode: decode as WriteOnlyField['decode'] };
}

/** A field that is absent if the kernel sends a value that stands for none. */
export function unless<Output, Input>(none: Output, of: Field<Output, Input>): Field<Output | undefined, Input> {
  return {
    ...of,
    none,
    decode(...place) {
      const value = of.decode(...place);
      return value === none ? undefined : value;
    },
  };
}

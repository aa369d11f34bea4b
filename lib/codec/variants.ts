import { at, checkIsObject, show, wrongValue } from '../errors';
import { nearestOf, unknownName, wordAmong } from '../unknown-name';
import { attributeAt, findAttribute } from './attribute-spans';
import {
  checkUnknown,
  everyName,
  type AttributeSet,
  type DecodeOptions,
  type Fields,
  type Names,
  type UnknownAttribute,
} from './attributes';
import type { Row } from './fast/shape';
import { appendNested } from './nesting';
import { bytes } from './text';
import type { Field, Source, Type } from './type';
import type { Writer } from './writer';

// Netlink has the kind of a thing in one attribute (IFLA_INFO_KIND, TCA_KIND, RTA_ENCAP_TYPE, NFTA_EXPR_NAME), and the
// kind's own data in another (IFLA_INFO_DATA, TCA_OPTIONS, RTA_ENCAP, NFTA_EXPR_DATA). Here both are one object,
// discriminated by `kind`.

/** The data of one kind: a set of attributes, a struct, or another type whose values are objects. */
export interface KindType<Output extends object, Input> extends Type<Output, Input> {
  encode(writer: Writer, values: Input, elsewhere?: Names, only?: Names): void;
  /** The names of its properties. */
  readonly names: readonly string[];
  /** As in a set of attributes; without it the properties of a decoded value are added. */
  readonly decodeTo?: AttributeSet<Fields>['decodeTo'];
  /** Whether its attribute is sent even without any property, because the kernel requires it. */
  readonly isAlwaysSent?: boolean;
}

/** Kinds by their words, each with its data. */
// `any` in a constraint only, as in Fields.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Kinds = Readonly<Record<string, KindType<any, any>>>;

/** How a message contains a kind and its data. */
export interface VariantsDeclaration<Word extends string | number, K extends Kinds, Property extends string> {
  /** The attribute of the kind: a text, or a number with words. */
  kind: Field<Word>;
  /** The number of the attribute with the kind's data. */
  data: number;
  /** The same as bytes, for a kind without a declaration. */
  raw?: Field<Uint8Array>;
  /** The kinds; with {@link whenNeeded} each is loaded when it is first used. */
  kinds: K;
  /** The property for the kind; 'kind' by default. */
  property?: Property;
  /** Properties inside others, such as 'bridgePort.cost': the error for 'cost' alone suggests it. */
  inner?: () => readonly string[];
}

type OutputOf<T> = T extends Type<infer Output, never> ? Output : never;
type InputOf<T> = T extends Type<unknown, infer Input> ? Input : never;
type NamesOf<T> = T extends unknown ? keyof T : never;

/** The kinds without a declaration: any text, or the remaining words of a number. */
export type OtherKind<Word extends string | number, K extends Kinds> = string extends Word
  ? string
  : Exclude<Word, keyof K>;

/** Options of a declared kind. */
export type KindOptions<V extends AnyVariants, Kind extends keyof V['kinds']> = Record<V['property'], Kind> &
  InputOf<V['kinds'][Kind]>;

/** Properties of a declared kind. */
export type KindRow<V extends AnyVariants, Kind extends keyof V['kinds']> = Record<V['property'], Kind> &
  OutputOf<V['kinds'][Kind]> &
  UnknownOfKind;

interface UnknownOfKind {
  /** Attributes of its kind that this library has no name for. */
  unknownKindAttributes?: UnknownAttribute[];
}

/**
 * Options of a kind without a declaration. It has the properties of other kinds as undefined, so that TypeScript can
 * distinguish them by `kind`.
 */
export type OtherOptions<V extends AnyVariants> = Record<V['property'], OtherKind<V['word'], V['kinds']>> &
  RawOptions &
  Partial<Record<Exclude<NamesOf<InputOf<V['kinds'][keyof V['kinds']]>>, 'data'>, undefined>>;

interface RawOptions {
  /** What only this kind has, as the kernel has it. */
  data?: Uint8Array | undefined;
}

/** Properties of a kind without a declaration. */
export type OtherRow<V extends AnyVariants> = Record<V['property'], OtherKind<V['word'], V['kinds']>> &
  RawRow &
  Partial<Record<Exclude<NamesOf<OutputOf<V['kinds'][keyof V['kinds']]>>, 'data' | 'unknownAttributes'>, undefined>>;

interface RawRow {
  /** What only this kind has, as the kernel has it. */
  data?: Uint8Array;
}

/** Options of one of the kinds; discriminated by `kind`. */
export type VariantOptions<V extends AnyVariants> =
  { [Kind in keyof V['kinds']]: KindOptions<V, Kind> }[keyof V['kinds']] | OtherOptions<V>;

/** Properties of one of the kinds; discriminated by `kind`. */
export type VariantRow<V extends AnyVariants> =
  { [Kind in keyof V['kinds']]: KindRow<V, Kind> }[keyof V['kinds']] | OtherRow<V>;

/** A sub-message chosen by a kind. */
export interface Variants<Word extends string | number, K extends Kinds, Property extends string = 'kind'> {
  /** For types only; absent at run time. */
  readonly word: Word;
  readonly kinds: K;
  readonly property: Property;
  /** The attributes of the kind and of its data. */
  readonly numbers: readonly [kind: number, data: number];
  /** The data of a kind; undefined for a kind without a declaration. */
  typeOf(kind: unknown): Kinds[string] | undefined;
  /** Throws if a kind has a property with the name of a common one; for a kind that is not loaded yet, when it is. */
  checkBeside(common: Names): void;
  /**
   * Writes the kind and its data from the values. Properties in `common` belong to other parts, and all remaining ones
   * are refused. With `only`, properties not in it are ignored.
   */
  encode(writer: Writer, values: object, common?: ReadonlySet<string>, only?: Names): void;
  /** The kind in the payload of its attribute. */
  decodeKind(source: Source, start: number, end: number): Word;
  /** The kind among these attributes. */
  kindAt(source: Source, start: number, end: number): Word | undefined;
  /** Decodes the kind and its data from these attributes. */
  decodeTo(row: Row, source: Source, start: number, end: number, header?: unknown): void;
  /** Decodes the payload of the kind's data; for a kind without a declaration the bytes, as `data`. */
  decodeDataTo(row: Row, kind: Word, source: Source, start: number, end: number, options?: DecodeOptions): void;
  /** The property that holds the byte at `offset`; undefined if neither of the two attributes does. */
  locate(source: Source, start: number, end: number, offset: number): string | undefined;
}

/** With any kinds. */
export type AnyVariants = Pick<Variants<string | number, Kinds, string>, 'word' | 'kinds' | 'property'>;

/** The property for the bytes of a kind without a declaration. */
const DATA = 'data';
/**
 * The properties for attributes without a declaration: of the whole, and of its kind, in which numbers have another
 * meaning.
 */
const UNKNOWN = 'unknownAttributes';
const UNKNOWN_OF_KIND = 'unknownKindAttributes';
const ofKind: DecodeOptions = { unknown: UNKNOWN_OF_KIND };
const none: ReadonlySet<string> = new Set();
const raws: ReadonlySet<string> = new Set([DATA]);

/** Declares a sub-message that is chosen by a kind. */
export function variants<Word extends string | number, const K extends Kinds, const Property extends string = 'kind'>(
  declaration: VariantsDeclaration<Word, K, Property>,
): Variants<Word, K, Property> {
  const { kind, data, kinds, inner = () => [] } = declaration;
  const property = declaration.property ?? ('kind' as Property);
  const [kindNumber] = kind.numbers as [number];
  const types = new Map<unknown, Kinds[string]>();
  const names = new Map<unknown, ReadonlySet<string>>();
  const beside: Names[] = [];
  const { raw = bytes(data) } = declaration;

  /**
   * The data of a kind. A kind with a property of a reserved name is refused when it is first used, since it is loaded
   * then.
   */
  function typeOf(word: unknown): Kinds[string] | undefined {
    return types.get(word) ?? load(word);
  }

  function load(word: unknown): Kinds[string] | undefined {
    if (typeof word !== 'string' || !Object.hasOwn(kinds, word)) return undefined;
    const type = kinds[word]!;
    for (const common of beside) checkNames(word, type, common);
    types.set(word, type);
    return type;
  }

  function checkNames(word: unknown, type: Kinds[string], common: Names): void {
    const isTaken = (name: string) =>
      common.has(name) || name === property || name === UNKNOWN || name === UNKNOWN_OF_KIND;
    const name = type.names.find(isTaken);
    if (name !== undefined) throw new Error(`kind '${String(word)}' declares '${name}', which all kinds have already`);
  }

  /** The properties of a kind. */
  function namesOf(word: unknown): ReadonlySet<string> | undefined {
    const known = names.get(word);
    if (known !== undefined) return known;
    const type = typeOf(word);
    if (type === undefined) return undefined;
    const own = new Set(type.names);
    names.set(word, own);
    return own;
  }

  /** Writes the kind, and returns its word. */
  function encodeKind(writer: Writer, given: unknown): unknown {
    const start = writer.position;
    at(property, () => {
      kind.encode(writer, given as Word);
    });
    return typeof given === 'string' ? given : kind.decode(writer, start + 4, writer.position, kindNumber);
  }

  function encodeData(writer: Writer, word: unknown, values: Record<string, unknown>, only: Names | undefined): void {
    const isGiven = (name: string) => values[name] !== undefined && only?.has(name) !== false;
    const type = typeOf(word);
    if (type === undefined) {
      if (!isGiven(DATA)) return;
      at(DATA, () => {
        raw.encode(writer, values[DATA] as Uint8Array);
      });
    } else if (isSet(type)) {
      appendNested(writer, data, type, values as never, everyName, only);
    } else if ((type.isAlwaysSent === true && only === undefined) || type.names.some(isGiven)) {
      const start = writer.beginAttribute(data);
      type.encode(writer, values, everyName, only);
      writer.endAttribute(start);
    }
  }

  function check(values: Record<string, unknown>, word: unknown, common: ReadonlySet<string>): void {
    const own = word === undefined ? none : (namesOf(word) ?? raws);
    for (const name in values) {
      if (values[name] === undefined || name === property || common.has(name) || own.has(name)) continue;
      if (name !== UNKNOWN && name !== UNKNOWN_OF_KIND) throw refusal(name, word, common);
      checkUnknown(name, values[name]);
    }
  }

  function refusal(name: string, word: unknown, common: ReadonlySet<string>): Error {
    const own = namesOf(word);
    const having = Object.keys(kinds).filter((one) => namesOf(one)!.has(name));
    if (own !== undefined) {
      if (having.length === 0) return unknownName(name, [property, ...own, ...common], undefined, { inner: inner() });
      const meant = wordAmong(name, own);
      if (meant !== undefined) return wrongValue(`is not for ${show(word)}: did you mean ${show(meant)}?`, name);
      return wrongValue(`is not for ${show(word)}: it belongs to ${having.join(', ')}`, name);
    }
    if (word === undefined) {
      if (having.length === 0) return unknownName(name, [property, ...common], undefined, { inner: inner() });
      const which = having.map((one) => `${property}: ${show(one)}`).join(' or ');
      return wrongValue(`is not for every ${property}: say ${which} as well`, name);
    }
    const nearest = typeof word === 'string' ? nearestOf(word, Object.keys(kinds)) : undefined;
    if (having.length === 0 && nearest === undefined)
      return unknownName(name, [property, ...common, DATA], undefined, { inner: inner() });
    const what = `${show(word)} has no declaration here`;
    if (nearest !== undefined) return wrongValue(`${what}: did you mean ${show(nearest)}?`, property);
    return wrongValue(`${what}, so its options are not known: they can be given as bytes in \`${DATA}\``, name);
  }

  function kindAt(source: Source, start: number, end: number): Word | undefined {
    const found = findAttribute(source, start, end, kindNumber);
    return found && kind.decode(source, found.start, found.end, kindNumber);
  }

  function decodeDataTo(
    row: Row,
    word: Word,
    source: Source,
    start: number,
    end: number,
    options: DecodeOptions = ofKind,
  ): void {
    const type = typeOf(word);
    if (type === undefined) row.set(DATA, raw.decode(source, start, end, data));
    else if (type.decodeTo !== undefined) type.decodeTo(row, source, start, end, options);
    else {
      const values = type.decode(source, start, end) as Record<string, unknown>;
      for (const name in values) if (values[name] !== undefined) row.set(name, values[name]);
    }
  }

  return {
    word: undefined as unknown as Word,
    kinds,
    property,
    numbers: [kindNumber, data],
    typeOf,
    checkBeside(common) {
      if (common.has(property)) throw new Error(`'${property}' is to say the kind, and has another meaning already`);
      beside.push(common);
      for (const [word, type] of types) checkNames(word, type, common);
    },
    encode(writer, given, common = none, only) {
      checkIsObject(given);
      const values = given as Record<string, unknown>;
      const start = writer.position;
      const word = values[property] === undefined ? undefined : encodeKind(writer, values[property]);
      check(values, word, common);
      if (only?.has(property) === false) writer.cut(start);
      else if (word !== undefined) encodeData(writer, word, values, only);
    },
    kindAt,
    decodeKind: (source, start, end) => kind.decode(source, start, end, kindNumber),
    decodeTo(row, source, start, end, header) {
      const word = kindAt(source, start, end);
      if (word === undefined) return;
      row.set(property, word);
      const found = findAttribute(source, start, end, data);
      const options = header === undefined ? ofKind : { ...ofKind, header };
      if (found !== undefined) decodeDataTo(row, word, source, found.start, found.end, options);
    },
    decodeDataTo,
    locate(source, start, end, offset) {
      const found = attributeAt(source, start, end, offset);
      if (found?.number === kindNumber) return property;
      if (found?.number !== data) return undefined;
      const type = typeOf(kindAt(source, start, end));
      if (type === undefined) return DATA;
      return type.locate?.(source, found.start, found.end, offset) ?? property;
    },
  };
}

function isSet(type: Kinds[string]): type is AttributeSet<Fields> {
  return 'readers' in type;
}

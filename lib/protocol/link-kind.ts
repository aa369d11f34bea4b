import { attributes, type AttributeSet, type Decoded, type Fields } from '../codec';
import { show, wrongType } from '../errors';
import { whenNeeded } from '../when-needed';
import type { Hint } from './netlink';

/** A kind of link: the word of IFLA_INFO_KIND and the attributes of its IFLA_INFO_DATA. */
export interface LinkKind<Name extends string = string, F extends Fields = Fields> {
  readonly kind: Name;
  readonly data: AttributeSet<F>;
  /** Whether the link stands on another, named by `link` (IFLA_LINK) when it is made: a VLAN does, a bridge does not. */
  readonly hasLink: boolean;
  /** The option that names the link below in place of `link`. */
  readonly linkOption: string | undefined;
  /**
   * Values that a new link has anyway. They are left out when one is made: kernels built without a feature report it as
   * off, and reject it even when set to off.
   */
  readonly initial: Readonly<Record<string, unknown>> | undefined;
  /** What a list reports of a moment, and a new link gets by itself: left out when a link is made from a listed one. */
  readonly momentary: readonly string[];
  /** What a new link needs: at least one property of each list. */
  readonly wanted: readonly (readonly string[])[];
  /** For a kind of port: an attribute that is too short for it, so that the kernel refuses it. */
  readonly tooShort: TooShort | undefined;
  /** The likely reason where the kernel refuses a link of the kind, or a change of one. */
  readonly hint: KindHint | undefined;
}

/** Returns the likely reason for refused options, from the error number, and the kernel's message if there is one. */
export type KindHint = (options: object, errno: number, kernelMessage: string | undefined) => Hint | undefined;

/** An attribute with a size that is too small for its meaning to a kind of port. */
export interface TooShort {
  number: number;
  size: number;
}

/** Traits of a kind besides its fields. */
interface LinkKindTraits<F extends Fields> {
  hasLink?: boolean;
  linkOption?: keyof F & string;
  initial?: Decoded<F>;
  momentary?: readonly (keyof F & string)[];
  tooShort?: TooShort;
  hint?: KindHint;
  /** For a kind that stands on another link, that link is always needed. */
  wanted?: readonly (readonly (keyof F & string)[])[];
  /** Attributes that are ignored when the kernel sends them. */
  ignored?: readonly number[];
}

/** Declares a kind of link. The fields become properties of the link itself, beside those that all links have. */
export function linkKind<const Name extends string, const F extends Fields>(
  kind: Name,
  fields: F,
  {
    hasLink = false,
    linkOption,
    initial,
    momentary = [],
    tooShort,
    hint,
    wanted = [],
    ignored = [],
  }: LinkKindTraits<F> = {},
): LinkKind<Name, F> {
  return {
    kind,
    data: attributes(fields, ignored),
    hasLink,
    linkOption,
    initial,
    momentary,
    wanted: hasLink ? [['link'], ...wanted] : wanted,
    tooShort,
    hint,
  };
}

/** Throws if a new link lacks what its kind needs; the kernel's refusal does not say what that is. */
export function checkWanted({ kind, wanted }: LinkKind, options: Readonly<Record<string, unknown>>): void {
  const isGiven = (name: string) => options[name] !== undefined && options[name] !== false;
  const missing = wanted.find((names) => !names.some(isGiven));
  if (missing === undefined) return;
  const [name, ...others] = missing as [string, ...string[]];
  const instead = others.length === 0 ? '' : `, or ${others.join(', ')}`;
  throw wrongType(`must be given${instead}: no link of kind ${show(kind)} is made without`, name);
}

/**
 * Whether properties of the kind can be changed: the kernel then accepts a change with options of the kind, even
 * without any.
 */
export function isChangeable({ data }: LinkKind): boolean {
  return Object.values(data.fields).some((one) => !one.readOnly && one.isCreateOnly !== true);
}

/** The longest word of a kind, without its NUL. */
export const LONGEST_KIND = 63;

/** What only each of the kinds has, by their words. A kind that is loaded when it is needed is loaded for this then. */
export function dataOf<const K extends Readonly<Record<string, LinkKind>>>(
  kinds: K,
): { readonly [Word in keyof K]: K[Word]['data'] } {
  const loaders = Object.fromEntries(Object.keys(kinds).map((word) => [word, () => kinds[word]!.data]));
  return whenNeeded(loaders) as { readonly [Word in keyof K]: K[Word]['data'] };
}

/** The declaration of a kind; undefined for a word that has none. */
export function kindAmong(kinds: Readonly<Record<string, LinkKind>>, word: unknown): LinkKind | undefined {
  return typeof word === 'string' && Object.hasOwn(kinds, word) ? kinds[word] : undefined;
}

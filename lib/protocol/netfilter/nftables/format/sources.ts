import { isArray, isObject } from '../../../../errors';
import { namedOf } from '../selectors/field';
import { isField } from '../statements/source';
import type { NftDataMap } from '../statements/source-options';
import type { NftVerdict, NftVerdictMap } from '../statements/statement';
import type { ValueType } from '../values/value-type';
import { termOf, termsOf, together, typesOf, type Context } from './terms';
import { inBraces, named, spaced } from './text';
import { formatKey, formatNumber, formatPart } from './values';

/** What becomes of a packet. */
export function formatVerdict(verdict: NftVerdict): string {
  if (typeof verdict === 'string') return verdict;
  return 'jump' in verdict ? `jump ${named(verdict.jump)}` : `goto ${named(verdict.goto)}`;
}

/** `tcp dport vmap { 22 : accept }` */
export function formatVerdictMap({ key, set, elements = [] }: NftVerdictMap, context: Context): string {
  const terms = termsOf(key, context);
  const types = typesOf(terms);
  const map =
    set === undefined
      ? inBraces(elements.map((one) => `${formatKey(types, one.key)} : ${formatVerdict(one.verdict)}`))
      : `@${named(set)}`;
  return `${together(terms)} vmap ${map}`;
}

/** How the data of a map, or a value that stands alone, are written. */
export type FormatData = (value: unknown) => string;

/** `ip saddr map { 10.0.0.1 : 5 }` */
function formatMap({ key, set, elements = [] }: NftDataMap, format: FormatData, context: Context): string {
  const terms = termsOf(key, context);
  const types = typesOf(terms);
  const map =
    set === undefined
      ? inBraces(elements.map((one) => `${formatKey(types, one.key)} : ${format(one.data)}`))
      : `@${named(set)}`;
  return `${together(terms)} map ${map}`;
}

/** A value that is written somewhere. `alone` is how one is written that stands by itself, if that is another way. */
export function formatSource(
  type: ValueType,
  given: unknown,
  context: Context,
  alone: FormatData = (value) => formatPart(type, value),
): string {
  if (isObject(given) && !isArray(given)) {
    if ('map' in given) return formatMap(given.map as NftDataMap, (value) => formatPart(type, value), context);
    if ('of' in given) return formatChanged(given, context);
    if ('from' in given) return alone(given);
  }
  return isField(given) ? fieldIn(given, context) : alone(given);
}

/** As {@link formatSource}, of several values that a map gives together. */
export function formatTogether(types: readonly ValueType[], { map }: { map: NftDataMap }, context: Context): string {
  return formatMap(map, (value) => formatKey(types, value), context);
}

function fieldIn(field: unknown, context: Context): string {
  return termOf(namedOf(field), context).text;
}

interface Changed {
  readonly of: unknown;
  readonly and?: number | undefined;
  readonly or?: number | undefined;
  readonly xor?: number | undefined;
}

/**
 * A field with some bits changed: `meta mark & 0x000000ff | 0x00000100`. nft does `&` first, then `^`, then `|`; here `or` comes before `xor`.
 * As nft shows it, a bit that is set counts as kept.
 */
function formatChanged({ of, and, or = 0, xor = 0 }: Changed, context: Context): string {
  const { text, type } = termOf(namedOf(of), context);
  const all = 2 ** (type.size * 8) - 1;
  const set = (or & ~xor) >>> 0;
  const turned = (xor & ~or) >>> 0;
  const cleared = (or & xor) >>> 0;
  const kept = ((((and ?? all) & ~cleared) | set) & all) >>> 0;
  const bits = (sign: string, number: number) => `${sign} ${formatNumber(type, number)}`;
  return spaced(
    text,
    kept === all ? '' : bits('&', kept),
    turned === 0 ? '' : bits('^', turned),
    set === 0 ? '' : bits('|', set),
  );
}

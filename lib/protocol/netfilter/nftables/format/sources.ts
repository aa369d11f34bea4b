import { isArray, isObject } from '../../../../errors';
import { namedOf } from '../selectors/field';
import { isField, isOtherOrder } from '../statements/source';
import type { NftDataMap } from '../statements/source-options';
import type { NftVerdict, NftVerdictMap } from '../statements/statement';
import type { ValueType } from '../values/value-type';
import { termOf, termsOf, together, typesOf, type Context } from './terms';
import { inBraces, named as nameOf, withoutWords } from './text';
import { formatKey, formatPart } from './values';

/** What becomes of a packet. */
export function formatVerdict(verdict: NftVerdict): string {
  if (typeof verdict === 'string') return verdict;
  return 'jump' in verdict ? `jump ${nameOf(verdict.jump)}` : `goto ${nameOf(verdict.goto)}`;
}

/** `tcp dport vmap { 22 : accept }` */
export function formatVerdictMap({ key, set, elements = [] }: NftVerdictMap, context: Context): string {
  const terms = termsOf(key, context);
  const types = typesOf(terms);
  const map =
    set === undefined
      ? inBraces(elements.map((one) => `${formatKey(types, one.key)} : ${formatVerdict(one.verdict)}`))
      : `@${nameOf(set)}`;
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
      : `@${nameOf(set)}`;
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
    if ('from' in given) return alone(given);
  }
  return isField(given) ? fieldIn(type, given, context) : alone(given);
}

/** As {@link formatSource}, of several values that a map gives together. */
export function formatTogether(types: readonly ValueType[], { map }: { map: NftDataMap }, context: Context): string {
  return formatMap(map, (value) => formatKey(types, value), context);
}

/** nft writes bytes in the order of the network as they are where it should be that of the host. */
function fieldIn(type: ValueType, field: unknown, context: Context): string {
  const named = namedOf(field);
  const { text } = termOf(named, context);
  const isTurned = type.isHost && isOtherOrder(type, named.selector) && named.selector.isAsIs !== true;
  return isTurned ? withoutWords(`${text} in the order of the host`) : text;
}

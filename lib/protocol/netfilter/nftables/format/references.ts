import { isArray, isObject } from '../../../../errors';
import type { NftObjectMap, NftObjectReference } from '../statements/statement';
import { termsOf, together, typesOf, type Context } from './terms';
import { inBraces, named, quoted } from './text';
import { formatKey } from './values';

/** Whether a statement refers to objects of the table, and does nothing of its own. */
export function isReference(given: unknown): given is NftObjectReference {
  return typeof given === 'string' || (isObject(given) && !isArray(given) && 'key' in given);
}

/** `counter name "visits"`, `ct helper set ip saddr map @helpers` */
export function formatReference(head: string, reference: NftObjectReference, context: Context): string {
  return `${head} ${typeof reference === 'string' ? quoted(reference) : formatObjectMap(reference, context)}`;
}

function formatObjectMap({ key, set, elements = [] }: NftObjectMap, context: Context): string {
  const terms = termsOf(key, context);
  const types = typesOf(terms);
  const map =
    set === undefined
      ? inBraces(elements.map((one) => `${formatKey(types, one.key)} : ${quoted(one.object)}`))
      : `@${named(set)}`;
  return `${together(terms)} map ${map}`;
}

/** How a statement is written that may be a reference. */
export function orReference<Own>(
  head: string,
  format: (own: Own) => string,
): (given: Own | NftObjectReference, context: Context) => string {
  return (given, context) => (isReference(given) ? formatReference(head, given, context) : format(given));
}

const written: Readonly<Record<string, string>> = {
  ...{ helper: 'ct helper set', timeout: 'ct timeout set', expectation: 'ct expectation set' },
};

/** `ct helper set "ftp"`, `meta secmark set "web"`; undefined for what writes no reference. */
export function formatWrittenReference(write: object, context: Context): string | undefined {
  const { ct, secmark } = write as { ct?: object; secmark?: unknown };
  if (isReference(secmark)) return formatReference('meta secmark set', secmark, context);
  for (const [name, given] of Object.entries(ct ?? {})) {
    const head = written[name];
    if (head !== undefined && isReference(given)) return formatReference(head, given, context);
  }
  return undefined;
}

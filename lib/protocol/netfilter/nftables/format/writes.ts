import type { Named } from '../selectors';
import { namedOf, saidOf } from '../selectors/field';
import type { NftSetUpdate } from '../statements/action-options';
import type { NftElementStatement } from '../statements/action-options';
import { constantOf } from '../statements/set-updates';
import type { NftWrite } from '../statements/write-options';
import { formatSource } from './sources';
import { termOf, termsOf, together, type Context } from './terms';
import { formatSeconds, named, spaced } from './text';
import { formatFlags, formatKey, formatPart } from './values';

/** `meta mark set 0x00000005` */
export function formatWrite(write: NftWrite, context: Context): string {
  const { value, ...one } = saidOf(write);
  const { text, type } = termOf(one, context);
  const [field, kept] = partOf(one, text);
  if (kept !== undefined) {
    const bits = formatPart(type, value);
    return spaced(`${field} set ${field} & ${String(kept)}`, bits === '0' ? '' : `| ${bits}`);
  }
  const between = one.path.join('.') === 'ct.event' ? ',' : ' | ';
  const alone = (given: unknown) =>
    type.isFlags === true ? formatFlags(type, given, between) : formatPart(type, given);
  return `${text} set ${formatSource(type, value, context, alone)}`;
}

/** A field of which nft has no word but that of the bytes that it stands in, and the other bits of those. */
function partOf({ selector }: Named, text: string): [field: string, kept?: number] {
  const [field, mask] = text.split(' & ') as [string, string?];
  const size = 'length' in selector.load ? (selector.load.length ?? 0) : 0;
  return mask === undefined ? [field] : [field, 2 ** (size * 8) - 1 - Number(mask)];
}

/** `update @blocked { ip saddr timeout 30s }`, with what each element has of its own. */
export function formatUpdate(
  verb: 'add' | 'update' | 'delete',
  { set, key, data, timeout, statements = [] }: NftSetUpdate,
  context: Context,
  formatOfElement: (statement: NftElementStatement) => string,
): string {
  const element = spaced(
    together(termsOf(key, context)),
    timeout === undefined ? '' : `timeout ${formatSeconds(timeout)}`,
    ...statements.map(formatOfElement),
    data === undefined ? '' : `: ${dataOf(data, context)}`,
  );
  return `${verb} @${named(set)} { ${element} }`;
}

function dataOf(data: unknown, context: Context): string {
  const constant = constantOf(data);
  if (constant !== undefined) return formatKey(constant.type.parts ?? [constant.type], constant.value);
  const { type } = termOf(namedOf(data), context);
  return formatSource(type, data, context);
}

import { canonical, type AnyMessage, type Fields, type FilterBy, type FilterOf } from '../codec';
import { checkArgument, wrongType, wrongValue } from '../errors';
import { checkOptions, whenRead, type Check, type Checks } from '../options';

/** A declaration with fields that are marked as filters. */
interface FilteredMessage<F extends Fields, Row extends object> extends AnyMessage<Row> {
  readonly fields: F;
  readonly filters: ReadonlyMap<string, FilterBy>;
}

/** A check for each property of a filter that is not a field of rows. */
type Beside<Filter, F extends Fields> = Record<Exclude<keyof Filter, keyof FilterOf<F>>, Check>;

/**
 * Returns a function that selects the rows for a filter, which consists of fields that are marked in a declaration, and
 * of properties `beside` them. The declaration normalizes values to the form of rows: 254 is 'main'. Links are left to
 * the kernel, and the properties beside the fields to the caller. Throws for an invalid filter.
 */
export function rowFilter<F extends Fields, Row extends object, Filter extends FilterOf<F>>(
  what: string,
  filter: Filter,
  message: FilteredMessage<F, Row>,
  beside = {} as Beside<Filter, F>,
): (row: Row) => boolean {
  const { filters } = message;
  const checks: Record<string, Check> = { ...beside };
  for (const [name, by] of filters) checks[name] = by === 'link' ? checkLink : whenRead;
  checkArgument('filter', filter, examples.find(([name]) => name in checks)?.[1]);
  checkOptions(filter, checks as Checks<Filter>, `is not a filter of ${what}`, 'the filters are');

  const asked: Record<string, unknown> = {};
  const wanted: [name: string, value: unknown][] = [];
  for (const [name, value] of Object.entries(filter)) {
    const by = filters.get(name);
    if (value === undefined) continue;
    if (by === 'value') asked[name] = value;
    else if (typeof by === 'function') wanted.push([name, by(value as never)]);
  }
  const names = Object.keys(asked);
  if (names.length > 0) {
    const inRows = canonical(message, asked) as Record<string, unknown>;
    for (const name of names) wanted.push([name, inRows[name]]);
  }
  return (row) => wanted.every(([name, value]) => (row as Record<string, unknown>)[name] === value);
}

/** For a value that is no filter: the first whose property there is. */
const examples = [
  ['table', "{ table: 'main' }"],
  ['vlan', "{ master: 'br0' }"],
  ['device', "{ device: 'eth0' }"],
  ['kind', "{ kind: 'bridge' }"],
] as const;

/**
 * Throws for index 0 or null as a link, which the kernel takes as no filter, and answers with everything. Other values
 * are checked when they are encoded.
 */
export function checkLink(value: unknown): void {
  if (value === null) throw wrongType('must be the name or index of a link, not null');
  if (value === 0) throw wrongValue('must be the name of a link, or its index, which is 1 or more');
}

import { canonical, type AnyMessage, type Fields, type FilterBy, type FilterOf, type IpFamily } from '../codec';
import { checkArgument, wrongType, wrongValue } from '../errors';
import { familyOption, type IpFamilyOption } from './family';
import { checkProperties, type Check } from './options';

/** What a filter asks for. */
interface RowFilter<Row> {
  family: IpFamily | undefined;
  /** Whether a row has the values that are asked for. Links are left to the kernel, and what stands beside the fields to the caller. */
  isWanted: (row: Row) => boolean;
}

/** A declaration whose fields are marked where lists can be filtered by them. */
interface FilteredMessage<F extends Fields, Row extends object> extends AnyMessage<Row> {
  readonly fields: F;
  readonly filters: ReadonlyMap<string, FilterBy>;
}

/** A check of each property of a filter that is no field of rows. */
type Beside<Filter, F extends Fields> = Record<Exclude<keyof Filter, keyof FilterOf<F>>, Check>;

/**
 * Reads a filter: of the fields that are marked in a declaration, and of what stands `beside` them. The declaration brings the values
 * into the form that rows have: 254 is 'main'. Throws for what is no filter.
 */
export function rowFilter<F extends Fields, Row extends object, Filter extends FilterOf<F>>(
  what: string,
  filter: Filter,
  message: FilteredMessage<F, Row>,
  beside = {} as Beside<Filter, F>,
): RowFilter<Row> {
  checkArgument('filter', filter);
  const checks = new Map<string, Check>(Object.entries(beside));
  for (const [name, by] of message.filters) checks.set(name, by === 'link' ? checkLink : whenEncoded);
  checkProperties(filter, checks, `is not a filter of ${what}`);

  const isCompared = ([name, value]: [string, unknown]) => value !== undefined && message.filters.get(name) === 'value';
  const { family: given, ...values } = Object.fromEntries(Object.entries(filter).filter(isCompared));
  const family = familyOption(given as IpFamilyOption | undefined);
  const inRows = canonical(message, values) as Record<string, unknown>;
  const wanted = Object.keys(values).map((name) => [name, inRows[name]] as const);
  if (family !== undefined) wanted.push(['family', family]);
  return {
    family,
    isWanted: (row) => wanted.every(([name, value]) => (row as Record<string, unknown>)[name] === value),
  };
}

const whenEncoded: Check = () => undefined;

/**
 * Throws if a value names no link by index 0 or null, which the kernel takes for no filter: it would answer with everything. Other
 * values are checked when they are encoded.
 */
export function checkLink(value: unknown): void {
  if (value === null) throw wrongType('must be the name or index of a link, not null');
  if (value === 0) throw wrongValue('must be the name of a link, or its index, which is 1 or more');
}

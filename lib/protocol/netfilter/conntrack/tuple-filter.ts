import { familyNames, familyOf, formatIp, parseIp, sourceOf, type IpFamily } from '../../../codec';
import { at, isArray, isObject, show, wrongType, wrongValue } from '../../../errors';
import { ownCopy } from '../../../once';
import { familyOption, type IpFamilyOption } from '../../family';
import { checkTuple, type ConnectionTuple, type ConnectionTupleFilter } from './tuple';

// What filters by tuples have in common.

type TupleFilters = Readonly<Record<string, ConnectionTupleFilter | undefined>>;

/**
 * A copy of a filter, and of these properties of it, each read once. So what the kernel selects by is what is selected by here, also
 * where a tuple is of a class.
 */
export function filterOnce<Filter extends object>(filter: Filter, properties: readonly (keyof Filter)[]): Filter {
  const copy = { ...filter };
  for (const name of properties) {
    const value: unknown = copy[name];
    if (isObject(value)) copy[name] = ownCopy(value) as Filter[typeof name];
  }
  return copy;
}

/** Throws unless these are parts of tuples of a protocol. */
export function checkTuples(tuples: TupleFilters, protocol: number | undefined): void {
  for (const [name, tuple] of Object.entries(tuples)) {
    if (tuple === undefined) continue;
    at(name, () => {
      checkTuple(tuple, { protocol, wants: 'nothing' });
    });
  }
}

/** The family that a filter selects: the one that it says, and that of its addresses. */
export function familyIn(family: IpFamilyOption | undefined, tuples: TupleFilters): IpFamily | undefined {
  let found = familyOption(family);
  for (const [name, tuple = {}] of Object.entries(tuples)) {
    for (const part of ['source', 'destination'] as const) {
      const address = tuple[part];
      if (address === undefined) continue;
      const its = familyOf(parseIp(address));
      found ??= its;
      if (its === found) continue;
      const reason = `must be an ${familyNames[found]} address, as the filter is of those, not ${show(address)}`;
      throw wrongValue(reason, `${name}.${part}`);
    }
  }
  return found;
}

/** Whether a tuple has all that a filter says. */
export function tupleSelection(filter: ConnectionTupleFilter = {}): (tuple: Partial<ConnectionTuple>) => boolean {
  const wanted = (Object.entries(filter) as [keyof ConnectionTupleFilter, string | number | undefined][]).flatMap(
    ([name, value]) => (value === undefined ? [] : [[name, canonical(value)] as const]),
  );
  return (tuple) => wanted.every(([name, value]) => tuple[name] === value);
}

/** Addresses as rows have them. */
function canonical(value: string | number): string | number {
  if (typeof value === 'number') return value;
  const bytes = parseIp(value);
  return formatIp(sourceOf(bytes), 0, bytes.length);
}

/**
 * Throws if a part of a filter selects everything, which of a flush is a mistake: `{ reply: { source: undefined } }`,
 * `{ status: [] }`, a mask of 0.
 */
export function checkSelects(filter: object, tuples: readonly string[]): void {
  const refused = (name: string, what: string) => wrongType(`${what}: flush('all') takes everything`, name);
  for (const [name, value] of Object.entries(filter) as [string, unknown][]) {
    if (isArray(value) && value.length === 0) throw refused(name, 'must name one at least');
    if (isObject(value) && 'mask' in value && value.mask === 0)
      throw refused(`${name}.mask`, 'must have a bit at least');
    if (!tuples.includes(name)) continue;
    if (!isObject(value) || Object.keys(value).length === 0) throw refused(name, 'must say what its tuples have');
    const absent = Object.entries(value).find(([, part]) => part === undefined);
    if (absent !== undefined) throw refused(`${name}.${absent[0]}`, 'must not be undefined');
  }
}

import { nameLinks } from '../codec';
import { at, isObject } from '../errors';
import { readOnce } from '../once';
import { checkSwitch } from '../options';
import type { Query } from '../protocol/netlink';
import type { NetlinkTransport } from '../transport/netlink-transport';
import type { StreamEnd } from '../transport/table';
import { verbs } from './verbs';

/** Lists that can tell names of links beside their indexes. */
export interface NamesOption {
  /**
   * Whether rows have the names of the links whose indexes they have as well: `deviceName`, `masterName`. They are those at the time
   * of the list, from one list of all links. False by default.
   */
  names?: boolean | undefined;
}

/** A filter, and whether names are wanted beside it. Throws if that is neither true nor false. */
export function apartFromNames<Filter>(given: (Filter & NamesOption) | undefined): {
  filter: Filter | undefined;
  named: boolean;
} {
  if (!isObject(given) || !('names' in given)) return { filter: given, named: false };
  const { names, ...filter } = given as NamesOption;
  at('names', () => {
    if (names !== undefined) checkSwitch(names);
  });
  return { filter: filter as Filter, named: names === true };
}

/** The rows that a filter describes, with names if it asks for them. */
export function listOf<Filter, Row extends object>(
  transport: NetlinkTransport,
  filter: (Filter & NamesOption) | undefined,
  query: (filter: Filter | undefined) => Query<Row>,
): Promise<Row[]> {
  const { filter: given, named } = apartFromNames<Filter>(readOnce(filter));
  return rowsOf(transport, query(given), named);
}

/** The rows of a table, with names if they are wanted. */
export function rowsOf<Row extends object>(
  transport: NetlinkTransport,
  query: Query<Row>,
  named: boolean,
): Promise<Row[]> {
  if (!named) return transport.list(query);
  // Loaded before: without a descriptor that fails.
  const { namesOfLinks } = verbs.names;
  // Both are asked for in one turn, so that what is asked later comes behind both.
  return Promise.all([transport.list(query), namesOfLinks(transport)]).then(([all, names]) => {
    for (const row of all) nameLinks(row, query.fields!, names);
    return all;
  });
}

/** As {@link rowsOf}, in batches of rows. */
export async function* batchesOf<Row extends object>(
  transport: NetlinkTransport,
  query: Query<Row>,
  named: boolean,
  stream: StreamEnd,
): AsyncGenerator<Row[], void, undefined> {
  const batches = transport.batches(query, stream);
  if (!named) {
    yield* batches;
    return;
  }
  const names = await verbs.names.namesOfLinks(transport);
  for await (const rows of batches) {
    for (const row of rows) nameLinks(row, query.fields!, names);
    yield rows;
  }
}

import type { NamespaceHandle } from '../namespace/handle';
import type { Query } from '../protocol/netlink';
import { readOnce } from '../once';
import { rowsOf } from '../transport/rows';
import { currentFurnishing } from '../transport/trip';

/**
 * A table row by row, in bounded memory. It begins after what was asked before the first row is read, on a socket of
 * its own, and may or may not show what is changed later.
 */
export function streamOf<Filter, Row>(
  handle: NamespaceHandle,
  filter: Filter,
  query: (filter: Filter) => Query<Row>,
): AsyncGenerator<Row, void, undefined> {
  const given = readOnce(filter);
  async function* batches(): AsyncGenerator<Row[], void, undefined> {
    await currentFurnishing()?.done;
    yield* handle.transport.batches(query(given));
  }
  return rowsOf(batches());
}

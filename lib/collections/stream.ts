import type { NamespaceHandle } from '../namespace/handle';
import type { Query } from '../protocol/netlink';
import { rowsOf } from '../transport/rows';
import { currentFurnishing } from '../transport/trip';

/**
 * A table row by row, in bounded memory. It begins behind what was asked before the first row is, on a socket of its own, and may or
 * may not show what is asked later.
 */
export function streamOf<Row>(
  handle: NamespaceHandle,
  queryOf: () => Query<Row>,
): AsyncGenerator<Row, void, undefined> {
  async function* batches(): AsyncGenerator<Row[], void, undefined> {
    await currentFurnishing()?.done;
    yield* handle.transport.batches(queryOf());
  }
  return rowsOf(batches());
}

import type { NamespaceHandle } from '../namespace/handle';
import type { Query } from '../protocol/netlink';
import { readOnce } from '../once';
import { rowsOf } from '../transport/rows';
import type { StreamEnd } from '../transport/table';
import { currentFurnishing } from '../transport/trip';
import { apartFromNames, batchesOf, type NamesOption } from './named-rows';

/** Ends what a program began to read and then forgot. */
const forgotten = new FinalizationRegistry<StreamEnd>((stream) => {
  stream.end();
});

/**
 * A table row by row, in bounded memory. It begins after what was asked before the first row is read, on a socket of
 * its own, and may or may not show what is changed later. The owner lives as long as the stream.
 */
export function streamOf<Filter, Row extends object>(
  handle: NamespaceHandle,
  filter: Filter,
  query: (filter: Filter) => Query<Row>,
  owner: object | undefined,
): AsyncGenerator<Row, void, undefined> {
  const given = readOnce(filter);
  return streamFrom(owner, async function* batches(stream) {
    await currentFurnishing()?.done;
    yield* handle.transport.batches(query(given), stream);
  });
}

/** As {@link streamOf}, with names if the filter asks for them. */
export function namedStreamOf<Filter, Row extends object>(
  handle: NamespaceHandle,
  filter: (Filter & NamesOption) | undefined,
  query: (filter: Filter | undefined) => Query<Row>,
  owner: object | undefined,
): AsyncGenerator<Row, void, undefined> {
  const given = readOnce(filter);
  return streamFrom(owner, async function* batches(stream) {
    const { filter: selected, named } = apartFromNames<Filter>(given);
    await currentFurnishing()?.done;
    yield* batchesOf(handle.transport, query(selected), named, stream);
  });
}

/** As {@link streamOf}, of what a generator yields. */
export function streamFrom<Row>(
  owner: object | undefined,
  batches: (stream: StreamEnd) => AsyncGenerator<Row[], void, undefined>,
): AsyncGenerator<Row, void, undefined> {
  const stream: StreamEnd = { end: () => undefined };
  const rows = rowsOf(batches(stream));
  forgotten.register(rows, stream);
  if (owner !== undefined) owners.set(rows, owner);
  return rows;
}

const owners = new WeakMap<object, object>();

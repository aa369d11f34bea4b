import { ERRNO } from '../errno';
import type { NetlinkError } from '../errors';
import { textOfSubject, type Query } from '../protocol/netlink';
import { Dump } from './dump';
import { batchesOf, DumpReader } from './dump-reader';
import type { Verdict } from './messages';
import type { Failure } from './request-messages';
import type { RequestSockets } from './request-sockets';
import { native, operate, type Outcome, type Told } from './runtime';

/** A dump that the kernel marks as interrupted is repeated so often. */
const DUMP_ATTEMPTS = 10;
/** Chunks of a dump that may wait to be read. */
const LIST_WINDOW = 8;
const STREAM_WINDOW = 2;

const interrupted: Verdict = { errno: ERRNO.EINTR, text: 'the table kept changing while it was read' };

/** The namespace that is asked for a table. */
export interface TableSource {
  readonly sockets: RequestSockets;
  /** Hands over what was asked in this turn of the event loop so far. */
  flush(): void;
  /** Starts something after everything that was asked for before. */
  inOrder<Result>(start: () => Result | Promise<Result>): Promise<Result>;
  failure(query: Pick<Query<unknown>, 'name' | 'subject'>, failure: Failure): NetlinkError;
}

/** Dumps a table; whole, or not at all. */
export async function wholeTable<Row>(query: Query<Row>, from: TableSource): Promise<Row[]> {
  const { source } = from.sockets;
  if (source.making !== undefined) await source.making;
  const requests = from.sockets.of(query.protocol);
  for (let attempt = 1; ; attempt++) {
    from.flush();
    const dump = new Dump(query, (count) => requests.takeSequences(count), from.sockets.families);
    const reader = new DumpReader(dump);
    const outcome = await from.inOrder(() =>
      requests.submit((socket) =>
        operate(
          (addon, id) => {
            dump.start(addon, id, socket, LIST_WINDOW);
          },
          (data, id) => {
            reader.take(data, id);
          },
          undefined,
          toldOf(query, source),
        ),
      ),
    );
    await reader.end();
    const failure = dump.failure(outcome);
    if (failure !== undefined) throw from.failure(query, failure);
    if (!dump.wasInterrupted) return reader.rows;
    if (attempt === DUMP_ATTEMPTS) throw from.failure(query, interrupted);
  }
}

function toldOf({ name, subject }: Pick<Query<unknown>, 'name' | 'subject'>, { where }: Told): Told {
  return { where, asksFor: () => [{ name, subject: textOfSubject(subject) }] };
}

/** A stream that may be ended from elsewhere. It does not refer to its reader. */
export interface StreamEnd {
  /** Gives its socket back. What is read later rejects with the error, unless all has arrived. */
  end: (error?: unknown) => void;
}

/**
 * Dumps a table in batches of rows, over a socket of its own; memory stays bounded by what the reader leaves unread. If the
 * kernel says that the table changed meanwhile, it rejects with EINTR at the end, after the last row.
 */
export async function* batchesOfTable<Row>(
  query: Query<Row>,
  from: TableSource,
  stream: StreamEnd = { end: () => undefined },
): AsyncGenerator<Row[], void, undefined> {
  let sequence = 1;
  const dump = new Dump(query, (count) => (sequence += count) - count, from.sockets.families);
  const { socket, opened } = await from.inOrder(() => from.sockets.of(query.protocol).openBeside());
  await opened;
  const chunks: ArrayBuffer[] = [];
  let outcome: Outcome | undefined;
  let thrown: { error: unknown } | undefined;
  let wake: () => void = () => undefined;
  let operation = 0;
  const running = operate(
    (addon, id) => {
      operation = id;
      dump.start(addon, id, socket, STREAM_WINDOW);
    },
    (data) => {
      chunks.push(data);
      wake();
    },
    undefined,
    toldOf(query, from.sockets.source),
  ).then(
    (ended) => {
      outcome = ended;
      wake();
    },
    (error: unknown) => {
      thrown = { error };
      wake();
    },
  );
  let isOver = false;
  let reason: { error: unknown } | undefined;
  stream.end = (error) => {
    if (isOver) return;
    isOver = true;
    stopListening();
    if (outcome === undefined && thrown === undefined) {
      reason = { error };
      native().cancel(operation);
    }
    void running.then(() => {
      native().close(socket);
    });
    wake();
  };
  const stopListening = from.sockets.source.onClose(stream.end);
  try {
    while (reason === undefined) {
      const data = chunks.shift();
      if (data !== undefined) {
        for await (const rows of batchesOf(dump, data)) {
          // A reader that does not come back keeps nothing alive.
          native().keepAlive(operation, false);
          yield rows;
          native().keepAlive(operation, true);
        }
        native().resume(operation, data);
        continue;
      }
      if (outcome !== undefined || thrown !== undefined) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    native().keepAlive(operation, true);
    stream.end();
    await running;
  }
  if (reason !== undefined) throw reason.error;
  if (thrown !== undefined) throw thrown.error;
  const failure = dump.failure(outcome) ?? (dump.wasInterrupted ? interrupted : undefined);
  if (failure !== undefined) throw from.failure(query, failure);
}

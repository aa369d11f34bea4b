import { now } from '../clock';
import { sourceOf } from '../codec';
import type { Dump, Slice } from './dump';
import { MessageCursor } from './messages';
import { native } from './runtime';
import { SLICE_MS } from './slices';

/** Rows that a stream returns in one turn of the event loop: the reader takes longer for them than decoding. */
const ROWS_OF_TURN = 512;

/** A slice that begins now. The event loop waits longer only for garbage collection. */
function slice(most = Infinity): Slice {
  return { until: now() + SLICE_MS, most };
}

/**
 * Decodes the chunks of a dump as they arrive, one slice in each turn of the event loop. The addon delivers chunk after
 * chunk as long as the kernel is ahead, which might be the whole table in one turn.
 */
export class DumpReader<Row> {
  readonly rows: Row[] = [];
  private readonly chunks: { data: ArrayBuffer; cursor: MessageCursor }[] = [];
  private isScheduled = false;
  private operation = 0;
  private finish: () => void = () => undefined;

  constructor(private readonly dump: Dump<Row>) {}

  /** Takes a chunk of the dump with this operation of the addon. */
  take(data: ArrayBuffer, operation: number): void {
    this.operation = operation;
    this.chunks.push({ data, cursor: new MessageCursor(sourceOf(data)) });
    if (!this.isScheduled) this.schedule();
  }

  /** Resolves when all chunks are decoded. */
  async end(): Promise<void> {
    if (!this.isScheduled) return;
    await new Promise<void>((resolve) => {
      this.finish = resolve;
    });
  }

  private schedule(): void {
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = this.decodeSlice();
      if (this.isScheduled) this.schedule();
      else this.finish();
    });
  }

  /** Whether anything is left. */
  private decodeSlice(): boolean {
    const time = slice();
    for (let chunk = this.chunks[0]; chunk !== undefined; chunk = this.chunks[0]) {
      if (!this.dump.read(chunk.cursor, this.rows, time)) return true;
      this.chunks.shift();
      native().resume(this.operation, chunk.data);
    }
    return false;
  }
}

/** Decodes a chunk in batches of rows, each in its own turn of the event loop. */
export async function* batchesOf<Row>(dump: Dump<Row>, data: ArrayBuffer): AsyncGenerator<Row[], void, undefined> {
  const cursor = new MessageCursor(sourceOf(data));
  for (let isRead = false; !isRead;) {
    const rows: Row[] = [];
    isRead = dump.read(cursor, rows, slice(ROWS_OF_TURN));
    if (rows.length > 0) yield rows;
    await new Promise(setImmediate);
  }
}

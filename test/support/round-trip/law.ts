import { comparedByDefault } from './changes';
import { seed } from './options';

/** A row as a list gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** Things of one sort that are there, and how they are given back. */
export interface Table<R extends object> {
  /** Those that the test has made. */
  list: () => Promise<R[]>;
  add: (rows: R[]) => Promise<unknown>;
  replace?: (rows: R[]) => Promise<unknown>;
  delete: (rows: R[]) => Promise<unknown>;
  /** What another program says of them. */
  shown: () => Promise<object[]>;
  /** Of those that are deleted alone; all by default. */
  isDeletedAlone?: (row: R) => boolean;
}

/** What is there, as it is compared. */
interface State {
  rows: unknown[];
  shown: unknown[];
}

async function stateOf<R extends object>(table: Table<R>): Promise<State> {
  const [rows, shown] = [await table.list(), await table.shown()];
  return { rows: compared(rows), shown: compared(shown) };
}

/** Leaves out, wherever it stands, what changes by itself. */
function comparable(value: unknown, path: readonly string[] = []): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map((one) => comparable(one, path));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, one]) => {
    const kept = comparedByDefault(name, one, path);
    return kept === undefined ? [] : [[name, comparable(kept, [...path, name])] as const];
  });
  return Object.fromEntries(entries);
}

function compared(rows: readonly object[]): unknown[] {
  return inOrder(rows.map((row) => comparable(row)));
}

/** Rows have no order that matters. */
function inOrder(rows: unknown[]): unknown[] {
  const key = (row: unknown) => JSON.stringify(row, (_, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one));
  return rows
    .map((row) => [key(row), row] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row);
}

/** So many are deleted alone: all are listed after each. */
const MOST_ALONE = 6;

/** What list gives can be given back: to replace, which changes nothing, and after its deletion, of each alone and of all, to add. */
export async function expectRoundTrip<R extends object>(table: Table<R>): Promise<void> {
  const before = await stateOf(table);
  const rows = await table.list();
  expect(rows).not.toEqual([]);
  const current = async () => compared(await table.list());
  await step('replace changes nothing', async () => {
    for (const row of table.replace === undefined ? [] : rows) await naming(row, () => table.replace!([row]));
    expect(await stateOf(table)).toEqual(before);
  });
  await step('delete takes what it is given and nothing else, and add gives it back', async () => {
    const all = rows.filter((one) => table.isDeletedAlone?.(one) ?? true);
    const every = Math.ceil(all.length / MOST_ALONE);
    for (const row of all.filter((_, index) => index % every === 0)) {
      await naming(row, () => table.delete([row]));
      expect(await current()).toEqual(compared(rows.filter((one) => one !== row)));
      await naming(row, () => table.add([row]));
      expect(await current()).toEqual(before.rows);
    }
  });
  await step('what was deleted is given back', async () => {
    await table.delete(rows);
    expect(await table.list()).toEqual([]);
    await table.add(rows).catch((error: unknown) => {
      const { element } = error as { element?: number };
      throw new Error(`${String(error)}: ${inspected(rows[element ?? 0])}`, { cause: error });
    });
    expect(await stateOf(table)).toEqual(before);
  });
}

async function naming(row: object, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw new Error(`${String(error)}: ${inspected(row)}`, { cause: error });
  }
}

function inspected(row: unknown): string {
  return JSON.stringify(row, (_, one: unknown) =>
    one instanceof Uint8Array ? Buffer.from(one).toString('hex') : typeof one === 'bigint' ? `${one}n` : one,
  );
}

async function step(what: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    (error as Error).message = `${what} (RTNETLINK_ROUND_TRIP_SEED=${String(seed)}): ${(error as Error).message}`;
    throw error;
  }
}

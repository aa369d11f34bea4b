import { rowsOf } from '../../lib/transport/rows';

async function* batches(log: string[] = [], ...content: number[][]): AsyncGenerator<number[], void, undefined> {
  try {
    for (const batch of content) {
      log.push('batch');
      yield batch;
    }
  } finally {
    log.push('end');
    await Promise.resolve();
  }
}

test('rows come one after the other, and batches when they are needed', async () => {
  const log: string[] = [];
  const rows = rowsOf(batches(log, [1, 2], [], [3]));

  expect(log).toEqual([]);
  expect(await rows.next()).toEqual({ done: false, value: 1 });
  expect(await rows.next()).toEqual({ done: false, value: 2 });
  expect(log).toEqual(['batch']);
  expect(await rows.next()).toEqual({ done: false, value: 3 });
  expect(await rows.next()).toEqual({ done: true, value: undefined });
  expect(await rows.next()).toEqual({ done: true, value: undefined });
  expect(log).toEqual(['batch', 'batch', 'batch', 'end']);
});

test('what is asked for at once is answered in order', async () => {
  const rows = rowsOf(batches([], [1], [2, 3]));

  const answers = await Promise.all([rows.next(), rows.next(), rows.next(), rows.next()]);

  expect(answers.map(({ value }) => value as number | undefined)).toEqual([1, 2, 3, undefined]);
});

test('leaving a loop early ends the batches', async () => {
  const log: string[] = [];
  for await (const row of rowsOf(batches(log, [1, 2], [3]))) if (row === 1) break;

  expect(log).toEqual(['batch', 'end']);
});

test('after its end there are no rows, not even of the batch that was begun', async () => {
  const rows = rowsOf(batches([], [1, 2]));
  await rows.next();

  expect(await rows.return()).toEqual({ done: true, value: undefined });
  expect(await rows.next()).toEqual({ done: true, value: undefined });
});

test('an end that was asked for behind rows comes behind them', async () => {
  const rows = rowsOf(batches([], [1], [2]));

  const answers = await Promise.all([rows.next(), rows.next(), rows.return(), rows.next()]);

  expect(answers.map(({ value }) => value as number | undefined)).toEqual([1, 2, undefined, undefined]);
});

test('disposing ends the batches', async () => {
  const log: string[] = [];
  const rows = rowsOf(batches(log, [1]));
  await rows.next();

  await rows[Symbol.asyncDispose]();

  expect(log).toEqual(['batch', 'end']);
});

test('a failure comes behind the rows before it, and is the end', async () => {
  const failure = new Error('the table changed');
  async function* failing(): AsyncGenerator<number[], void, undefined> {
    yield await Promise.resolve([1]);
    throw failure;
  }
  const rows = rowsOf(failing());

  expect(await rows.next()).toEqual({ done: false, value: 1 });
  await expect(rows.next()).rejects.toBe(failure);
  expect(await rows.next()).toEqual({ done: true, value: undefined });
});

test('an error thrown into it ends the batches, and rejects', async () => {
  const log: string[] = [];
  const rows = rowsOf(batches(log, [1, 2]));
  await rows.next();

  await expect(rows.throw(new Error('enough'))).rejects.toThrow('enough');

  expect(log).toEqual(['batch', 'end']);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { openNamespace, type NetworkNamespace, type NftBatch } from '../../lib';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import type { Row } from '../support/oracle';
import { ruleset } from '../support/routed';
import { scratchNamespace } from '../support/scratch';

const inet = feature('nf_tables of both families', 'nft add table inet t');

const compiled = path.join(__dirname, '../../dist');
const WRITERS = 20;
const PAIRS = 10;
const chain = { family: 'inet', table: 't', chain: 'c' } as const;

/** Adds pairs of rules, each pair in a batch of its own, once it is told to begin. */
const PROGRAM = `
  const { openNamespace } = require(process.env.COMPILED);
  (async () => {
    const namespace = await openNamespace(process.env.NAMESPACE);
    await namespace.nftables.tables.list();
    process.stdout.write('ready');
    await new Promise((resolve) => process.stdin.once('data', resolve));
    for (let pair = 0; pair < ${String(PAIRS)}; pair++) {
      await namespace.nftables.batch((nft) => {
        for (const half of ['a', 'b'])
          nft.rules.add({ family: 'inet', table: 't', chain: 'c', statements: ['counter'], comment: [process.env.WRITER, pair, half].join(' ') });
      });
      // A list that is never left alone fails, as it should.
      await new Promise((resolve) => setTimeout(resolve, 60 * Math.random()));
    }
    process.exit(0);
  })();`;

/** A program that waits to begin. */
interface Writer {
  begin(): void;
  readonly ended: Promise<unknown>;
}

async function writer(namespace: NetworkNamespace, number: number): Promise<Writer> {
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    env: {
      ...process.env,
      ...{ COMPILED: compiled, NAMESPACE: `/proc/${String(process.pid)}/fd/${String(namespace.fd)}` },
      WRITER: String(number),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close').then(([code]) => code as unknown);
  await once(child.stdout, 'data');
  return {
    begin: () => child.stdin.end('begin'),
    ended,
  };
}

function emptyChain(nft: NftBatch): void {
  nft.tables.add({ family: 'inet', name: 't' }).chains.add({ name: 'c' });
}

/** Whether pairs stand together, and those of a writer in the order in which it added them. */
function expectWhole(comments: readonly (string | undefined)[]): void {
  expect(comments.length % 2).toBe(0);
  const next = new Map<string, number>();
  for (let index = 0; index < comments.length; index += 2) {
    const [who = '', pair] = comments[index]!.split(' ');
    expect([comments[index], comments[index + 1]]).toEqual([`${who} ${pair!} a`, `${who} ${pair!} b`]);
    expect(Number(pair)).toBe(next.get(who) ?? 0);
    next.set(who, Number(pair) + 1);
  }
}

describeKernel('rules that many write at once', [requiresOracle('nft'), inet], () => {
  test('are all there, whole and in order in every list, where the writers are processes', async () => {
    await using a = await scratchNamespace();
    await a.nftables.batch(emptyChain);
    const writers: Writer[] = [];
    // A few at a time, since each takes the machine to start.
    for (let first = 0; first < WRITERS; first += 4) {
      writers.push(...(await Promise.all([0, 1, 2, 3].map((more) => writer(a, first + more)))));
    }

    let isWriting = true;
    const lists: (string | undefined)[][] = [];
    for (const one of writers) one.begin();
    const ended = Promise.all(writers.map((one) => one.ended)).finally(() => {
      isWriting = false;
    });
    while (isWriting) lists.push((await a.nftables.rules.list(chain)).map(({ comment }) => comment));
    const codes = await ended;
    lists.push((await a.nftables.rules.list(chain)).map(({ comment }) => comment));

    expect(codes).toEqual(Array(WRITERS).fill(0));
    for (const one of lists) expectWhole(one);
    expect(lists.at(-1)).toHaveLength(WRITERS * PAIRS * 2);
    expect(await commentsByNft(a)).toEqual(lists.at(-1));
    // Some of the lists were made meanwhile.
    expect(new Set(lists.map(({ length }) => length)).size).toBeGreaterThan(2);
  });

  test('are all there, and in the order of the calls, where one process writes', async () => {
    await using a = await scratchNamespace();
    await a.nftables.batch(emptyChain);

    const listed: Promise<number>[] = [];
    await Promise.all(
      Array.from({ length: WRITERS }, (_, number) => {
        const done = a.nftables.batch((nft) => {
          for (const half of ['a', 'b'])
            nft.rules.add({ ...chain, statements: ['counter'], comment: `${String(number)} 0 ${half}` });
        });
        listed.push(a.nftables.rules.list(chain).then(({ length }) => length));
        return done;
      }),
    );

    const comments = await commentsByNft(a);
    expect(comments).toEqual(
      Array.from({ length: WRITERS }, (_, number) => [`${String(number)} 0 a`, `${String(number)} 0 b`]).flat(),
    );
    expect(await Promise.all(listed)).toEqual(Array.from({ length: WRITERS }, (_, number) => (number + 1) * 2));
  });

  test('are whole and in order, where two handles of one namespace write', async () => {
    await using a = await scratchNamespace();
    await using b = await openNamespace(`/proc/self/fd/${String(a.fd)}`);
    await a.nftables.batch(emptyChain);

    await Promise.all(
      Array.from({ length: 40 }, (_, number) =>
        [a, b][number % 2]!.nftables.batch((nft) => {
          for (const half of ['a', 'b']) {
            const comment = `${String(number % 2)} ${String(Math.floor(number / 2))} ${half}`;
            nft.rules.add({ ...chain, statements: ['counter'], comment });
          }
        }),
      ),
    );

    const comments = await commentsByNft(a);
    expectWhole(comments);
    expect(comments).toHaveLength(80);
  });
});

async function commentsByNft(namespace: NetworkNamespace): Promise<(string | undefined)[]> {
  return (await ruleset(namespace)).flatMap(({ rule }) =>
    rule === undefined ? [] : [(rule as Row).comment as string],
  );
}

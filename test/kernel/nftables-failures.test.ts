import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { NetworkNamespace, NftBatch } from '../../lib';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { ruleset } from '../support/routed';
import { scratchNamespace } from '../support/scratch';

const inet = feature('nf_tables of both families', 'nft add table inet t');

const shop = { family: 'inet', table: 'shop' } as const;

/** What is there before. */
function shelves(nft: NftBatch): void {
  const table = nft.tables.add({ family: 'inet', name: 'shop' });
  table.chains.add({ name: 'in', type: 'filter', hook: 'input', priority: 'filter' });
  table.chains.add({ name: 'used' });
  table.rules.add({ chain: 'in', statements: [{ jump: 'used' }] });
  table.sets.add({ name: 'known', key: 'ipv4_addr', elements: [{ key: '192.0.2.1' }] });
  table.sets.add({
    ...{ name: 'ports', key: 'inet_service', data: 'verdict' },
    elements: [{ key: 22, verdict: 'accept' }],
  });
}

/** What can be done, whatever else is. */
const possible: ((nft: NftBatch, index: number) => void)[] = [
  (nft, index) => {
    nft.chains.add({ ...shop, name: `chain${String(index)}` });
  },
  (nft) => {
    nft.rules.add({ ...shop, chain: 'used', statements: [{ match: { ip: { source: { set: 'known' } } } }, 'counter'] });
  },
  (nft) => {
    nft.rules.insert({
      ...shop,
      chain: 'in',
      statements: [{ match: { tcp: { destinationPort: [80, 443] } } }, 'drop'],
    });
  },
  (nft, index) => {
    nft.sets.add({ ...shop, name: `set${String(index)}`, key: 'mark', elements: [{ key: 1 }, { key: 2 }] });
  },
  (nft, index) => {
    nft.tables.add({ family: 'ip', name: `table${String(index)}` });
  },
  (nft, index) => {
    nft.sets.add({ ...shop, name: 'known', key: 'ipv4_addr', elements: [{ key: `192.0.2.${String(index + 2)}` }] });
  },
];

/** What cannot, and what the error says of it. */
const impossible: [what: string, (nft: NftBatch) => void, error: object][] = [
  [
    'a rule in a chain that is not there',
    (nft) => {
      nft.rules.add({ ...shop, chain: 'nowhere', statements: ['accept'] });
    },
    { code: 'ENOENT', request: 'NFT_MSG_NEWRULE', property: 'chain', subject: "rule of chain 'inet shop nowhere'" },
  ],
  [
    'a rule with a set that is not there',
    (nft) => {
      nft.rules.add({ ...shop, chain: 'in', statements: ['counter', { match: { ip: { source: { set: 'none' } } } }] });
    },
    { code: 'ENOENT', request: 'NFT_MSG_NEWRULE', subject: "rule of chain 'inet shop in'" },
  ],
  [
    'a rule that jumps to a chain that is not there',
    (nft) => {
      nft.rules.insert({ ...shop, chain: 'in', statements: [{ jump: 'nowhere' }] });
    },
    { code: 'ENOENT', request: 'NFT_MSG_NEWRULE', subject: "rule of chain 'inet shop in'" },
  ],
  [
    'an element that is there with another verdict',
    (nft) => {
      nft.sets.add({
        ...{ ...shop, name: 'ports', key: 'inet_service', data: 'verdict' },
        elements: [
          { key: 21, verdict: 'drop' },
          { key: 22, verdict: 'drop' },
        ],
      });
    },
    { code: 'EEXIST', request: 'NFT_MSG_NEWSETELEM', subject: "elements of set 'inet shop ports'" },
  ],
  [
    'a set that is there with other keys',
    (nft) => {
      nft.sets.add({ ...shop, name: 'known', key: 'ipv6_addr' });
    },
    { code: 'EEXIST', request: 'NFT_MSG_NEWSET', property: 'name', subject: "set 'inet shop known'" },
  ],
  [
    'a chain in a table that is not there',
    (nft) => {
      nft.chains.add({ family: 'ip6', table: 'shop', name: 'in' });
    },
    { code: 'ENOENT', request: 'NFT_MSG_NEWCHAIN', property: 'table', subject: "chain 'ip6 shop in'" },
  ],
  [
    'the end of a chain that is not there',
    (nft) => {
      nft.chains.delete({ ...shop, name: 'nowhere' });
    },
    { code: 'ENOENT', request: 'NFT_MSG_DELCHAIN', property: 'name', subject: "chain 'inet shop nowhere'" },
  ],
  [
    'the end of a chain that a rule jumps to',
    (nft) => {
      nft.chains.delete({ ...shop, name: 'used' });
    },
    { code: 'EBUSY', request: 'NFT_MSG_DELCHAIN', property: 'name', subject: "chain 'inet shop used'" },
  ],
  [
    'the end of a rule that is not there',
    (nft) => {
      nft.rules.delete({ ...shop, chain: 'in', handle: 9999 });
    },
    { code: 'ENOENT', request: 'NFT_MSG_DELRULE', property: 'handle', subject: "rule 9999 of chain 'inet shop in'" },
  ],
  [
    'the end of a set that is not there',
    (nft) => {
      nft.sets.delete({ ...shop, name: 'none' });
    },
    { code: 'ENOENT', request: 'NFT_MSG_DELSET', property: 'name', subject: "set 'inet shop none'" },
  ],
  [
    'the end of a table that is not there',
    (nft) => {
      nft.tables.delete({ family: 'ip', name: 'none' });
    },
    { code: 'ENOENT', request: 'NFT_MSG_DELTABLE', property: 'name', subject: "table 'ip none'" },
  ],
];

const LENGTH = 50;

describeKernel('a batch with one part that the kernel refuses', [requiresOracle('nft'), inet], () => {
  test('does nothing, wherever it is', async () => {
    await using a = await scratchNamespace();
    await a.nftables.batch(shelves);
    const before = await ruleset(a);

    for (let at = 0; at < LENGTH; at++) {
      const [, refused, error] = impossible[at % impossible.length]!;
      const batch = a.nftables.batch((nft) => {
        for (let index = 0; index < LENGTH; index++) {
          if (index === at) refused(nft);
          else possible[index % possible.length]!(nft, index);
        }
      });

      await expect(batch).rejects.toMatchObject({ name: 'NetlinkError', ...error });
      expect(await ruleset(a)).toEqual(before);
    }
  });

  test('is the first of several that is told', async () => {
    await using a = await scratchNamespace();
    await a.nftables.batch(shelves);

    for (let first = 0; first < impossible.length; first++) {
      const inTurn = [...impossible.slice(first), ...impossible.slice(0, first)];
      const batch = a.nftables.batch((nft) => {
        for (const [, refused] of inTurn) refused(nft);
      });

      await expect(batch).rejects.toMatchObject(inTurn[0]![2]);
    }
  });

  test('does all without that part', async () => {
    await using a = await scratchNamespace();
    await a.nftables.batch(shelves);
    const before = await ruleset(a);

    await a.nftables.batch((nft) => {
      for (let index = 0; index < LENGTH; index++) possible[index % possible.length]!(nft, index);
    });

    expect((await ruleset(a)).length).toBeGreaterThan(before.length + 30);
  });
});

const compiled = path.join(__dirname, '../../dist');
const RULES = 1000;

/** Makes a table with many rules in one batch, in the namespace that it is given. */
const PROGRAM = `
  const fs = require('node:fs');
  const { openNamespace } = require(process.env.COMPILED);
  (async () => {
    const namespace = await openNamespace(process.env.NAMESPACE);
    await namespace.nftables.tables.list();
    const batch = namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 'many' });
      table.chains.add({ name: 'c' });
      for (let index = 0; index < ${String(RULES)}; index++)
        table.rules.add({ chain: 'c', statements: [{ match: { ip: { source: '10.0.0.1' } } }, 'counter', 'drop'] });
    });
    setImmediate(() => fs.writeSync(1, 'begins\\n'));
    await batch;
    fs.writeSync(1, 'ends\\n');
  })();`;

describeKernel('a program that is killed in the middle of a batch', [requiresOracle('nft'), inet], () => {
  test('has done all or nothing', async () => {
    const found = new Set<number>();
    let didEnd = false;

    // Killed ever later, until it came to its end; in longer steps the longer the machine takes for it.
    for (let wait = 0; !didEnd; wait += Math.max(4, wait / 2)) {
      await using a = await scratchNamespace();
      const output = await killedAfter(a, wait);
      didEnd = output.includes('ends');
      const all = await ruleset(a);
      found.add(all.length);
      expect([0, RULES + 2]).toContain(all.length);
      await a.nftables.batch((nft) => {
        nft.tables.add({ family: 'inet', name: 'later' });
      });
    }

    expect(found).toContain(RULES + 2);
  });
});

/** Runs the program, kills it some milliseconds after its batch began, and resolves with what it printed. */
async function killedAfter(namespace: NetworkNamespace, wait: number): Promise<string> {
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    env: { ...process.env, COMPILED: compiled, NAMESPACE: `/proc/${String(process.pid)}/fd/${String(namespace.fd)}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const closed = once(child, 'close');
  await once(child.stdout, 'data');
  await sleep(wait);
  child.kill('SIGKILL');
  await closed;
  return output;
}

import { readdirSync } from 'node:fs';
import path from 'node:path';

import type { NetworkNamespace, NftRule, NftStatement } from '../../lib';
import { describeKernel, feature, kernelTest, requiresOracle } from '../support/kernel';
import { rulesetOf, tableTraitsOf } from '../support/nft-ruleset';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const FOLDER = path.join(__dirname, '..', 'support', 'nft-rulesets');
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.nft'));
const OF_IPTABLES = path.join(FOLDER, 'docker.iptables');

const nftables = feature(
  'nf_tables with NAT, fib, numgen and reject, in inet and bridge',
  `nft add table inet t
   nft add chain inet t c "{ type nat hook postrouting priority 100; }"
   nft add chain inet t d "{ type filter hook input priority 0; }"
   nft add chain inet t e "{ type nat hook prerouting priority -100; }"
   nft add rule inet t c masquerade fully-random
   nft add rule inet t e fib daddr type local dnat ip to numgen random mod 2 map "{ 0 : 10.0.0.1, 1 : 10.0.0.2 }"
   nft add rule inet t d ct state new reject with icmpx admin-prohibited
   nft add table bridge t
   nft add chain bridge t c "{ type filter hook prerouting priority -300; }"`,
);

const iptables = feature('matches and targets of iptables in nf_tables', `iptables-nft-restore ${OF_IPTABLES}`);

/** All that a namespace has of nf_tables. */
async function listed({ nftables }: NetworkNamespace) {
  const [tables, chains, objects, sets, rules] = await Promise.all([
    nftables.tables.list(),
    nftables.chains.list(),
    nftables.objects.list(),
    nftables.sets.list(),
    nftables.rules.list(),
  ]);
  return { tables, chains, objects, sets, rules };
}

/** Writes all that one namespace has to another, and gives what it was. */
async function copied(from: NetworkNamespace, to: NetworkNamespace) {
  const all = await listed(from);
  await to.nftables.batch((nft) => {
    for (const table of all.tables) nft.tables.add(table);
    for (const chain of all.chains) nft.chains.add(chain);
    for (const object of all.objects) nft.objects.add(object);
    for (const set of all.sets) nft.sets.add(set);
    for (const { handle: _, ...rule } of all.rules) nft.rules.add(rule);
  });
  return all;
}

describeKernel('rules that programs install', [requiresOracle('nft'), nftables], () => {
  test.each(files)('%s is listed in words, and written again as it was', async (file) => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    await run(theirs, 'nft', ['-f', path.join(FOLDER, file)]);

    const { sets, rules } = await copied(theirs, ours);

    expect(await tableTraitsOf(ours)).toEqual(await tableTraitsOf(theirs));
    expect(await rulesetOf(ours)).toEqual(await rulesetOf(theirs));
    expect(sets.filter(({ raw }) => raw !== undefined)).toEqual([]);
    expect(rules.filter(({ statements }) => statements.some(isRaw)).map(nameOf)).toEqual([]);
    expect(await withoutNumbers(ours)).toEqual(await withoutNumbers(theirs));
  });

  const restore = requiresOracle('iptables-nft-restore');

  kernelTest('those of iptables are written again as they were', [restore, iptables], async () => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    await run(theirs, 'iptables-nft-restore', [OF_IPTABLES]);

    await copied(theirs, ours);

    for (const table of ['nat', 'filter']) {
      const shown = await run(ours, 'iptables-nft', ['-t', table, '-S']);
      expect(shown).toBe(await run(theirs, 'iptables-nft', ['-t', table, '-S']));
      expect(shown).toContain('-A DOCKER ');
    }
    expect(await rulesetOf(ours)).toEqual(await rulesetOf(theirs));
  });
});

function isRaw(statement: NftStatement): boolean {
  return typeof statement === 'object' && 'expressions' in statement;
}

function nameOf({ chain, statements }: NftRule): string {
  return `${chain}: ${JSON.stringify(statements)}`;
}

/** What is listed, without handles and what passes. */
async function withoutNumbers(namespace: NetworkNamespace): Promise<unknown> {
  const passing = ['handle', 'expires'];
  return JSON.parse(
    JSON.stringify(await listed(namespace), (key, value: unknown) => (passing.includes(key) ? undefined : value)),
  );
}

import type { NetworkNamespace, NftRule, NftStatement } from '../../lib';
import { codeOf } from '../support/nft-code';
import { describeKernel, feature, kernelTest, requiresOracle } from '../support/kernel';
import { actions } from '../support/nft-rules/actions';
import { changes } from '../support/nft-rules/changes';
import { computed } from '../support/nft-rules/computed';
import { headers } from '../support/nft-rules/headers';
import { lookUps } from '../support/nft-rules/look-ups';
import { options } from '../support/nft-rules/options';
import { otherFamilies } from '../support/nft-rules/other-families';
import { packet } from '../support/nft-rules/packet';
import { placeOf, TABLES, type RuleCase } from '../support/nft-rules/rule-case';
import { setsAndMaps } from '../support/nft-rules/sets-and-maps';
import { bridges, protocolsAndIntervals, queues } from '../support/nft-rules/some-kernels';
import { writes } from '../support/nft-rules/writes';
import { run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const nat = feature(
  'nf_tables with NAT',
  'nft add table ip t; nft add chain ip t c "{ type nat hook postrouting priority 100; }"',
);

/** What `nft -j list ruleset` shows, without its heading. */
async function ruleset(namespace: Held): Promise<Row[]> {
  const { nftables } = JSON.parse(await run(namespace, 'nft', ['-j', 'list', 'ruleset'])) as { nftables: Row[] };
  return nftables.slice(1);
}

interface Shown {
  family: string;
  chain: string;
  handle?: number;
}

/** Rules of a ruleset, without what differs between two of the same. */
function rulesIn(rows: Row[]): Shown[] {
  return rows.flatMap(({ rule }) => (rule === undefined ? [] : [{ ...(rule as Shown), handle: 0 }]));
}

/** Makes rules with nft in one namespace, lists them, and writes what was listed to another. */
async function written(theirs: NetworkNamespace, ours: NetworkNamespace, cases: readonly RuleCase[]) {
  const added = cases.map(([where, nft]) => {
    const { family, table, chain } = placeOf(where);
    return `add rule ${family} ${table} ${chain} ${nft}`;
  });
  await run(theirs, 'nft', [TABLES + added.join('\n')]);
  await run(ours, 'nft', [TABLES]);
  const listed = await theirs.nftables.rules.list();
  await ours.nftables.batch((nft) => {
    for (const rule of listed) nft.rules.add(withoutHandle(rule));
  });
  return {
    listed,
    again: await ours.nftables.rules.list(),
    shownOfTheirs: rulesIn(await ruleset(theirs)),
    shownOfOurs: rulesIn(await ruleset(ours)),
    codeOfTheirs: await codeOf(theirs),
    codeOfOurs: await codeOf(ours),
  };
}

function withoutHandle({ handle: _, ...rule }: NftRule): Omit<NftRule, 'handle'> {
  return rule;
}

/** A rule without what differs between two of the same: its handle, and the numbers of its sets without names. */
function comparable(rule: NftRule): unknown {
  return withoutNumbers(withoutHandle(rule));
}

function withoutNumbers(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^__(set|map|objmap)\d+$/, '__$1');
  if (Array.isArray(value)) return value.map(withoutNumbers);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutNumbers(inner)]));
}

/** The rules of each chain of a table of cases, one behind the other. */
function chainsOf(cases: readonly RuleCase[]): [where: string, of: RuleCase[]][] {
  const chains = new Map<string, RuleCase[]>();
  for (const one of cases) chains.set(one[0], [...(chains.get(one[0]) ?? []), one]);
  return [...chains];
}

const groups = { headers, packet, options, computed, setsAndMaps, lookUps, changes, writes, actions, otherFamilies };

/** Has nft make rules, and compares what is listed of them, and what nft shows of those that were written from that. */
async function compare(cases: readonly RuleCase[]): Promise<void> {
  await using theirs = await scratchNamespace();
  await using ours = await scratchNamespace();

  const { listed, again, shownOfTheirs, shownOfOurs, codeOfTheirs, codeOfOurs } = await written(theirs, ours, cases);

  for (const [where, expected] of chainsOf(cases)) {
    const { family, chain } = placeOf(where);
    const ofChain = <One extends { family: string; chain: string }>(all: readonly One[]) =>
      all.filter((one) => one.family === family && one.chain === chain);
    const [found, back, nftHere, nftThere] = [
      ofChain(listed),
      ofChain(again),
      ofChain(shownOfTheirs),
      ofChain(shownOfOurs),
    ];
    const told = found.map(({ statements }, index) => {
      const isRaw = statements.some((one) => typeof one === 'object' && 'expressions' in one);
      return [where, expected[index]?.[1], isRaw ? 'raw' : statements];
    });
    expect(told).toEqual(expected);
    expect(nftThere).toEqual(nftHere);
    expect(back.map(comparable)).toEqual(found.map(comparable));
  }
  expect(codeOfOurs).toEqual(codeOfTheirs);
  expect(codeOfOurs).toHaveLength(cases.length);
  expect(listed).toHaveLength(cases.length);
}

describeKernel('rules of nf_tables', [requiresOracle('nft'), nat], () => {
  test.each(Object.entries(groups))('as nft makes them: %s', (_group, cases) => compare(cases));

  const queue = feature(
    'queues of nf_tables',
    'nft add table inet t; nft add chain inet t c; nft add rule inet t c queue',
  );
  kernelTest('as nft makes them: queues', [queue], () => compare(queues));

  const chain = 'nft add table bridge t; nft add chain bridge t c "{ type filter hook input priority 0; }"';
  const bridgeRules = feature(
    'bridges and connections in tables of bridge',
    `${chain}; nft add rule bridge t c meta ibrname br0; nft add rule bridge t c ct state new; nft add rule bridge t c reject`,
  );
  kernelTest('as nft makes them: bridges', [bridgeRules], () => compare(bridges));

  const [[where, nft, statements]] = protocolsAndIntervals as [RuleCase];
  const oneByte = feature(
    'the order of one byte, of which nft makes sure',
    `nft add table inet t; nft add chain inet t c; nft add rule inet t c '${nft}'`,
  );
  kernelTest('as nft makes them: protocols beside intervals', [oneByte], () => compare(protocolsAndIntervals));

  test('have protocols beside intervals, and no order of one byte, which kernels may refuse', async () => {
    await using namespace = await scratchNamespace();
    await run(namespace, 'nft', [TABLES]);

    await namespace.nftables.rules.add({ ...placeOf(where), statements: statements as NftStatement[] });

    expect(await namespace.nftables.rules.list()).toMatchObject([{ statements }]);
    const shown = await run(namespace, 'nft', ['--debug=netlink', 'list', 'chain', 'inet', 't', 'c']);
    expect(shown).toContain(nft);
    expect(shown).toContain('[ lookup ');
    expect(shown).not.toContain('byteorder');
  });

  test('keep a comment, and what another program keeps with them', async () => {
    await using namespace = await scratchNamespace();
    await run(namespace, 'nft', ['add table inet t; add chain inet t c; add rule inet t c counter comment "hello"']);
    const { rules } = namespace.nftables;
    const [commented] = await rules.list();
    const foreign = { ...commented!, comment: undefined, userData: Uint8Array.of(77, 2, 1, 2) };

    await rules.add(foreign);
    await rules.add(commented!);

    const listed = await rules.list();
    expect(listed.map(({ comment, userData }) => [comment, userData])).toEqual([
      ['hello', undefined],
      [undefined, foreign.userData],
      ['hello', undefined],
    ]);
  });

  kernelTest('of iptables name links in words', [requiresOracle('iptables-nft')], async () => {
    await using namespace = await scratchNamespace();
    const rule = '-A FORWARD -i docker0 ! -o docker0 -j DROP';
    await run(namespace, 'iptables-nft', rule.split(' '));

    const [listed] = await namespace.nftables.rules.list();
    await namespace.nftables.rules.replace(listed!);

    expect(listed?.statements).toEqual([
      { match: { inputDevice: 'docker0' } },
      { match: { outputDevice: { not: 'docker0' } } },
      { counter: { packets: 0, bytes: 0 } },
      'drop',
    ]);
    expect(await run(namespace, 'iptables-nft', ['-S', 'FORWARD'])).toBe(`-P FORWARD ACCEPT\n${rule}\n`);
    await run(namespace, 'iptables-nft', rule.replace('-A', '-D').split(' '));
    expect(await namespace.nftables.rules.list()).toEqual([]);
  });

  const iptables = feature(
    'matches of iptables in nf_tables',
    'iptables-nft -A INPUT -m conntrack --ctstate NEW -j ACCEPT',
  );

  kernelTest('of iptables are written back unchanged', [requiresOracle('iptables-nft'), iptables], async () => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    const command = ['-A', 'INPUT', '-p', 'tcp', '-m', 'conntrack', '--ctstate', 'NEW', '-j', 'ACCEPT'];
    await run(theirs, 'iptables-nft', command);
    await run(ours, 'iptables-nft', command);

    const [rule] = await theirs.nftables.rules.list();
    expect(rule!.statements).toContainEqual({
      expressions: [
        {
          kind: 'match',
          name: 'conntrack',
          revision: expect.any(Number) as unknown,
          info: expect.any(Uint8Array) as unknown,
        },
      ],
    });
    await ours.nftables.rules.replace({ ...rule!, handle: (await ours.nftables.rules.list())[0]!.handle });

    expect(await run(ours, 'iptables-nft', ['-S'])).toBe(await run(theirs, 'iptables-nft', ['-S']));
    expect(await ours.nftables.rules.list()).toEqual([{ ...rule, handle: expect.any(Number) as unknown }]);
  });
});

import path from 'node:path';

import { formatRule, type NftRule } from '../../lib';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
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
import { texts } from '../support/nft-rules/texts';
import { writes } from '../support/nft-rules/writes';
import { run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const nat = feature(
  'nf_tables with NAT',
  'nft add table ip t; nft add chain ip t c "{ type nat hook postrouting priority 100; }"',
);

/** The library as it ships, for a process of its own. */
const library = path.join(__dirname, '../../dist');

const groups = { headers, packet, options, computed, setsAndMaps, lookUps, changes, writes, actions, otherFamilies };

/** Adds rules to the tables of cases, each with its place among them as its comment. */
async function made(namespace: Held, rules: readonly (readonly [chain: string, text: string])[]): Promise<void> {
  const added = rules.map(([where, text], index) => {
    const { family, table, chain } = placeOf(where);
    return `add rule ${family} ${table} ${chain} ${text} comment "#${String(index)}"`;
  });
  await run(namespace, 'nft', [TABLES + added.join('\n')]);
}

const placeIn = ({ comment }: { comment?: string }) => Number(comment?.slice(1));

/** The expressions of each rule as `nft -j` has them, by its place. */
async function expressionsIn(namespace: Held): Promise<Map<number, unknown>> {
  const { nftables } = JSON.parse(await run(namespace, 'nft', ['-j', 'list', 'ruleset'])) as { nftables: Row[] };
  return new Map(
    nftables.flatMap(({ rule }) => {
      const found = rule as { comment: string; expr: unknown } | undefined;
      return found === undefined ? [] : [[placeIn(found), found.expr] as const];
    }),
  );
}

/** The text of each rule as nft lists it, by its place. */
async function textsIn(namespace: Held): Promise<Map<number, string>> {
  const lines = (await run(namespace, 'nft', ['list', 'ruleset'])).matchAll(/^\s*(.*) comment "#(\d+)"$/gm);
  return new Map(Array.from(lines, ([, text, place]) => [Number(place), text!]));
}

async function rulesIn(namespace: Awaited<ReturnType<typeof scratchNamespace>>): Promise<Map<number, NftRule>> {
  return new Map((await namespace.nftables.rules.list()).map((rule) => [placeIn(rule), rule]));
}

const isInWords = ([, , statements]: RuleCase) => statements !== 'raw';

/** What nft 1.0.6 shows in place of what stands here, by the reason why that is another text. */
const exceptions: Record<string, Record<string, string>> = {
  'nft looks up the names of links, groups of links and protocols': {
    'iif 1': 'iif "lo"',
    'iif { 1, 5 }': 'iif { "lo", 5 }',
    'fib saddr oif 1': 'fib saddr oif "lo"',
    'ct zone set iif map { 1 : 5 }': 'ct zone set iif map { "lo" : 5 }',
    'iif . oif { 1 . 1 }': 'iif . oif { "lo" . "lo" }',
    'iif vmap { 1 : accept }': 'iif vmap { "lo" : accept }',
    'oif . iif vmap { 1 . 1 : accept }': 'oif . iif vmap { "lo" . "lo" : accept }',
    'dup to 10.0.0.1 device 1': 'dup to 10.0.0.1 device "lo"',
    'dup to 1': 'dup to "lo"',
    'fwd to 1': 'fwd to "lo"',
    'fwd ip to 10.0.0.1 device 1': 'fwd ip to 10.0.0.1 device "lo"',
    'fwd ip to ip saddr map { 10.0.0.1 : 10.0.0.2 } device 1':
      'fwd ip to ip saddr map { 10.0.0.1 : 10.0.0.2 } device "lo"',
    'iifgroup 0': 'iifgroup "default"',
    'meta l4proto 47': 'meta l4proto gre',
  },
  'nft leaves out comparisons that it has made itself, and others that it takes for such': {
    'vlan id 5 vlan type ip ip saddr 10.0.0.1': 'vlan id 5 ip saddr 10.0.0.1',
    'vlan id 5 vlan type ip ip saddr 10.0.0.1 drop': 'vlan id 5 ip saddr 10.0.0.1 drop',
    'ether type ip ip saddr 10.0.0.1': 'ip saddr 10.0.0.1',
    'ether type ip ether saddr . ip saddr { 02:00:00:00:00:01 . 10.0.0.1 } accept':
      'ether saddr . ip saddr { 02:00:00:00:00:01 . 10.0.0.1 } accept',
    'ip/c: ip protocol icmp icmp type echo-request': 'icmp type echo-request',
    'ether type arp arp operation request drop': 'arp operation request drop',
    'meta iiftype ether vlan id 5 drop': 'vlan id 5 drop',
    'meta iiftype ether ether daddr 02:00:00:00:00:01 fwd to 1': 'ether daddr 02:00:00:00:00:01 fwd to "lo"',
    'icmp type destination-unreachable icmp mtu 1400': 'icmp mtu 1400',
    'icmp type redirect icmp gateway 5': 'icmp gateway 5',
    'icmpv6 type packet-too-big icmpv6 mtu 1280': 'icmpv6 mtu 1280',
    'icmpv6 type mld-listener-query icmpv6 max-delay 100': 'icmpv6 max-delay 100',
  },
  'nft shows what it makes sure of itself, before IGMP': {
    'igmp type membership-query': 'meta nfproto ipv4 igmp type membership-query',
    'igmp mrt 10': 'meta nfproto ipv4 igmp mrt 10',
    'igmp type { membership-query, leave-group }': 'meta nfproto ipv4 igmp type { membership-query, leave-group }',
  },
  'nft shows no port that a map gives': {
    'meta l4proto tcp tproxy ip to 127.0.0.1:tcp dport map { 80 : 8080 }': 'meta l4proto tcp tproxy ip to 127.0.0.1',
  },
  'nft does not know how many bytes of several values are the length': {
    'meta length . ip saddr { 100-200 . 10.0.0.1 }': 'meta length . ip saddr { 0 . 0.0.0.100-0.0.0.200 }',
  },
  'nft has the elements of sets and fields in another order, or takes a field for bytes': {
    'meta mark & 0x000000ff == { 0x00000001, 0x00000005-0x0000000a }':
      'meta mark & 0x000000ff { 0x00000001, 0x00000005-0x0000000a }',
    'tcp flags & (fin | syn | rst | ack) == { syn, syn | ack }':
      'tcp flags & (fin | syn | rst | ack) == { syn | ack, syn }',
    'meta mark set vlan id': 'ether type 8021q meta mark set @ll,112,16 & 0xfff',
    'meta priority set vlan pcp': 'ether type 8021q meta priority set (@ll,112,8 & 0xe0) >> 5',
    'ip dscp & 0x38 == 0x08': 'meta nfproto ipv4 (@nh,8,8 & 0xfc) >> 2 & 0x38 == 0x8',
    'tcp option @34,16,32 set 305419896': 'tcp option fastopen unknown set 305419896',
    '@nh,96,32 vmap { 0xa000001 : accept }': '@nh,96,32 vmap { 167772161 : accept }',
  },
  'nft shows no bits that stay as they are': {
    'meta mark set meta mark & 0xffffffff': 'meta mark set meta mark',
  },
  'nft takes the bytes for another field': {
    'icmpv6 code set admin-prohibited': 'th sport set th sport & 65281 | 1',
  },
};

const asShown = new Map(Object.values(exceptions).flatMap((these) => Object.entries(these)));

describeKernel('the text of rules', [requiresOracle('nft'), nat], () => {
  test.each(Object.entries(groups))('is what nft shows, and makes the same of: %s', async (_group, all) => {
    const cases = all.filter(isInWords);
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();

    await made(
      theirs,
      cases.map(([chain, text]) => [chain, text]),
    );
    const listed = await rulesIn(theirs);
    const texts = cases.map((_, index) => formatRule({ ...listed.get(index)!, comment: undefined }));
    await made(
      ours,
      cases.map(([chain], index) => [chain, texts[index]!]),
    );

    const shown = await textsIn(theirs);
    const asNft = cases.map((_, index) => shown.get(index));
    expect(
      texts.map((text, index) => asShown.get(`${cases[index]![0]}: ${text}`) ?? asShown.get(text) ?? text),
    ).toEqual(asNft);
    const ofOurs = await rulesIn(ours);
    expect(cases.map((_, index) => ofOurs.get(index)?.statements)).toEqual(
      cases.map((_, index) => listed.get(index)?.statements),
    );
    const [wanted, found] = [await expressionsIn(theirs), await expressionsIn(ours)];
    expect(found).toEqual(wanted);
  });

  test('makes the same rule by nft as the rule itself, however it is said', async () => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    const rules = texts.map(([where, , statements], index) => ({
      ...{ ...placeOf(where), statements, comment: `#${String(index)}` },
    }));

    const written = rules.map((rule) => formatRule({ ...rule, comment: undefined }));
    await made(
      theirs,
      texts.map(([where], index) => [where, written[index]!]),
    );
    await run(ours, 'nft', [TABLES]);
    await ours.nftables.batch((nft) => {
      for (const rule of rules) nft.rules.add(rule);
    });

    expect(written).toEqual(texts.map(([, text]) => text));
    const [wanted, found] = [await rulesIn(ours), await rulesIn(theirs)];
    expect(texts.map((_, index) => found.get(index)?.statements)).toEqual(
      texts.map((_, index) => wanted.get(index)?.statements),
    );
  });

  test('is refused by nft where some of it has no words', async () => {
    const raw = Object.values(groups).flatMap((cases) => cases.filter((one) => !isInWords(one)));
    await using namespace = await scratchNamespace();
    await made(
      namespace,
      raw.map(([chain, text]) => [chain, text]),
    );
    const listed = await namespace.nftables.rules.list();
    const named = { family: 'inet', table: 't', chain: 'c' } as const;
    const rules = [
      ...listed.map((rule) => ({ ...rule, comment: undefined })),
      { ...named, statements: [{ jump: 'a b' }] },
      { ...named, statements: [{ log: { prefix: '"; flush ruleset; "' } }] },
      { ...named, statements: [{ match: { ip: { source: { set: 's } accept' } } } }] },
      { ...named, statements: ['accept' as const], comment: 'x"; flush ruleset; "' },
    ];

    for (const rule of rules) {
      const adding = `add rule ${rule.family} ${rule.table} ${rule.chain} ${formatRule(rule)}`;
      await expect(run(namespace, 'nft', [adding])).rejects.toThrow('syntax error');
    }
    expect(rules.length).toBeGreaterThan(raw.length);
    expect(await namespace.nftables.rules.list()).toEqual(listed);
  });

  test.each(['America/New_York', 'Asia/Kolkata'])('has moments in the time zone of %s, as nft has', async (zone) => {
    await using namespace = await scratchNamespace();
    const inZone = (...command: string[]) => run(namespace, 'env', [`TZ=${zone}`, ...command]);
    const texts = [
      'meta time >= "2021-07-05 03:04:05"',
      'meta time < "2022-01-05 00:00:00"',
      'meta hour "10:00"-"12:00:30"',
    ];
    const adding = texts.map((text) => `add rule inet t c ${text} counter packets 0 bytes 0`);
    await inZone('nft', [TABLES, ...adding].join('\n'));

    const program = `
      const { formatRule, hostNamespace } = require(${JSON.stringify(library)});
      hostNamespace().nftables.rules.list().then((rules) => console.log(rules.map((rule) => formatRule(rule)).join('\\n')));`;
    const printed = await inZone(process.execPath, '-e', program);

    const shown = (await inZone('nft', 'list', 'chain', 'inet', 't', 'c')).match(/meta .*/g);
    expect(printed.trim().split('\n')).toEqual(shown);
    expect(shown).toEqual(texts.map((text) => `${text} counter packets 0 bytes 0`));
  });
});

import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { openNamespace, type NetworkNamespace, type NftRuleset, type NftRulesetOptions } from '../../lib';
import { changeOneGeneration } from '../../lib/collections/one-generation';
import { handleOf } from '../../lib/namespace/handle';
import { nftablesBatchOf } from '../../lib/protocol/netfilter/nftables/nftables';
import { newTable } from '../../lib/protocol/netfilter/nftables/table';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { until } from '../support/until';

const everything = feature(
  'nf_tables with objects and NAT',
  'nft add table ip t; nft add counter ip t c; nft add chain ip t n "{ type nat hook postrouting priority 100; }"',
);

/** What nft can write, of many kinds. */
const RULESET = `
table ip nat {
  comment "addresses"
  map ports {
    type inet_service : ipv4_addr . inet_service
    elements = { 80 : 192.0.2.1 . 8080, 81 : 192.0.2.2 . 8081 }
  }
  chain post {
    comment "out"
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr 10.0.0.0/8 counter packets 7 bytes 700 masquerade comment "inner"
  }
  chain pre {
    type nat hook prerouting priority dstnat - 5; policy accept;
    dnat ip to tcp dport map @ports
  }
}
table ip6 empty {
}
table inet shop {
  flags dormant
  counter visits {
    comment "all of them"
    packets 3 bytes 4
  }
  quota most {
    over 1 mbytes used 5 bytes
  }
  limit few {
    rate over 10 kbytes/minute burst 5 bytes
  }
  ct helper ftp {
    type "ftp" protocol tcp
    l3proto inet
  }
  ct timeout short {
    protocol tcp
    l3proto ip
    policy = { established : 100, close_wait : 4 }
  }
  ct expectation next {
    protocol udp
    dport 9876
    timeout 2m
    size 12
    l3proto ip
  }
  synproxy proxy {
    mss 1460
    wscale 7
    timestamp sack-perm
  }
  map counters {
    type ipv4_addr : counter
    elements = { 10.0.0.1 : "visits" }
  }
  map verdicts {
    type inet_service : verdict
    flags interval
    elements = { 22 : accept, 80-90 : jump web, * : drop }
  }
  set blocked {
    type ipv4_addr
    flags interval
    auto-merge
    comment "no entry"
    elements = { 10.0.0.0/8 comment "inner", 192.0.2.1-192.0.2.9, 255.0.0.0/8 }
  }
  set seen {
    type ipv4_addr . inet_service
    size 1000
    flags dynamic,timeout
    counter
    timeout 1h
    gc-interval 10s
    elements = { 10.0.0.1 . 80 counter packets 5 bytes 6 timeout 5m comment "x" }
  }
  set both {
    type mark
    flags dynamic
    counter limit rate 5/second
  }
  set tags {
    typeof vlan id
    elements = { 5, 7 }
  }
  map spread {
    type inet_service : interval ipv4_addr
    flags interval
    elements = { 80 : 192.0.2.1-192.0.2.9 }
  }
  set names {
    type ifname
    flags interval
    elements = { "br0", "eth*" }
  }
  chain web {
    counter name "visits" accept
  }
  chain in {
    type filter hook input priority filter; policy drop;
    ct state vmap { established : accept, related : accept, invalid : drop }
    counter name ip saddr map @counters
    counter name tcp dport map { 80 : "visits", 90 : "visits" }
    ct helper set tcp dport map { 21 : "ftp" }
    quota name "most" drop
    limit name "few" drop
    ip saddr @blocked drop
    tcp dport vmap @verdicts
    tcp dport 22 jump {
      ip saddr 10.0.0.1 accept
      counter packets 2 bytes 3 drop
    }
    tcp dport 23 goto {
      log prefix "inner"
    }
    update @seen { ip saddr . tcp dport counter packets 0 bytes 0 }
    meta l4proto { tcp, udp } th dport { 53, 5353 } accept
    synproxy name "proxy"
  }
  chain forward {
    type filter hook forward priority filter + 10; policy accept;
    tcp option maxseg size set rt mtu
  }
  chain before {
    type filter hook prerouting priority raw; policy accept;
    ct timeout set "short"
    ct expectation set "next"
    iifname @names accept
  }
}
table arp a {
  chain in {
    type filter hook input priority filter; policy accept;
    arp operation request counter packets 1 bytes 28
  }
}
table netdev d {
  chain in {
    type filter hook ingress device "lo" priority -500; policy accept;
    ip daddr 192.0.2.1 drop
  }
}
`;

/** What nft shows, without what differs between two that are alike. */
async function shown(namespace: Held): Promise<string> {
  const text = await run(namespace, 'nft', ['list', 'ruleset']);
  return text.replaceAll(/ expires \S+/g, '');
}

/** The same in JSON; a dormant table is broken JSON of nft 1.0.6. */
async function objectsIn(namespace: Held): Promise<unknown[]> {
  const text = await run(namespace, 'nft', ['-j', 'list', 'ruleset']);
  const { nftables } = JSON.parse(text) as { nftables: Row[] };
  const plain = (key: string, value: unknown) => (['handle', 'expires', 'metainfo'].includes(key) ? undefined : value);
  return nftables.map((row) => JSON.parse(JSON.stringify(row, plain)) as unknown);
}

const nothing: NftRulesetOptions = { tables: [], chains: [], objects: [], flowtables: [], sets: [], rules: [] };

async function withRuleset(text = RULESET): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  const file = path.join(tmpdir(), `rtnl-ruleset-${String(process.pid)}.nft`);
  writeFileSync(file, text);
  try {
    await run(namespace, 'nft', ['-f', file]);
  } finally {
    rmSync(file);
  }
  return namespace;
}

describeKernel('the whole ruleset', [requiresOracle('nft'), everything], () => {
  test('is written to another namespace, and back, as it was', async () => {
    await using theirs = await withRuleset();
    await using ours = await scratchNamespace();
    await run(ours, 'nft', ['table inet other { }']);
    const before = await shown(theirs);

    const ruleset = await theirs.nftables.ruleset();
    await ours.nftables.replaceRuleset(ruleset);
    await theirs.nftables.replaceRuleset(ruleset);

    expect(await shown(ours)).toBe(before);
    expect(await shown(theirs)).toBe(before);
    const again = await ours.nftables.ruleset();
    expect(withoutHandles(again)).toEqual(withoutHandles(ruleset));
  });

  test('is the same in JSON, where no table is dormant', async () => {
    const text = RULESET.replace('flags dormant', '');
    await using theirs = await withRuleset(text);
    await using ours = await scratchNamespace();

    await ours.nftables.replaceRuleset(await theirs.nftables.ruleset());

    expect(await objectsIn(ours)).toEqual(await objectsIn(theirs));
  });

  test('is what the lists have, of one generation', async () => {
    await using namespace = await withRuleset();
    const { tables, chains, objects, flowtables, sets, rules } = namespace.nftables;

    const ruleset = await namespace.nftables.ruleset();

    expect(ruleset.generation).toBeGreaterThan(0);
    expect(ruleset.tables).toEqual(await tables.list());
    expect(ruleset.chains).toEqual(await chains.list());
    expect(ruleset.objects).toEqual(await objects.list());
    expect(ruleset.flowtables).toEqual(await flowtables.list());
    expect(ruleset.rules).toEqual(await rules.list());
    expect(ruleset.sets.map(({ name }) => name)).toEqual((await sets.list()).map(({ name }) => name));
    const unchanged = await namespace.nftables.ruleset();
    expect(unchanged.generation).toBe(ruleset.generation);
    await tables.add({ family: 'inet', name: 'more' });
    expect((await namespace.nftables.ruleset()).generation).toBe(ruleset.generation + 1);
  });

  test('of a family or a table is a part, and only this is replaced', async () => {
    await using namespace = await withRuleset();
    const before = await shown(namespace);

    const ofFamily = await namespace.nftables.ruleset({ family: 'inet' });
    const ofTable = await namespace.nftables.ruleset({ family: 'ip', table: 'nat' });

    expect(ofFamily.tables.map(({ name }) => name)).toEqual(['shop']);
    expect(ofTable).toMatchObject({ family: 'ip', table: 'nat', objects: [], tables: [{ name: 'nat' }] });
    expect(ofTable.chains.map(({ name }) => name)).toEqual(['post', 'pre']);
    await namespace.nftables.replaceRuleset({ ...ofTable, rules: [] });
    expect(await run(namespace, 'nft', ['list', 'table', 'ip', 'nat'])).not.toContain('masquerade');
    expect(await run(namespace, 'nft', ['list', 'table', 'inet', 'shop'])).toContain('jump {');
    await namespace.nftables.replaceRuleset(ofTable);
    await namespace.nftables.replaceRuleset(ofFamily);
    expect((await shown(namespace)).split('\n').sort()).toEqual(before.split('\n').sort());
    await namespace.nftables.replaceRuleset({ ...nothing, family: 'inet' });
    expect((await namespace.nftables.tables.list()).map(({ name }) => name)).not.toContain('shop');
    expect(await namespace.nftables.tables.list()).toHaveLength(4);
    await namespace.nftables.replaceRuleset(nothing);
    expect(await shown(namespace)).toBe('');
    await namespace.nftables.replaceRuleset(nothing);
  });

  test('of iptables is written back with what iptables keeps', async () => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    const rule = ['-A', 'INPUT', '-p', 'tcp', '--dport', '80', '-m', 'comment', '--comment', 'web', '-j', 'ACCEPT'];
    await run(theirs, 'iptables-nft', rule);
    await run(theirs, 'iptables-nft', ['-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'NEW', '-j', 'DROP']);
    await run(theirs, 'iptables-nft', ['-P', 'FORWARD', 'DROP']);

    await ours.nftables.replaceRuleset(await theirs.nftables.ruleset());

    expect(await run(ours, 'iptables-nft-save', ['-c'])).toBe(await run(theirs, 'iptables-nft-save', ['-c']));
    expect(await shown(ours)).toBe(await shown(theirs));
  });

  test('that fails half-way changes nothing, and says where', async () => {
    await using namespace = await withRuleset();
    const ruleset = await namespace.nftables.ruleset();
    const before = await shown(namespace);

    const failed = namespace.nftables.replaceRuleset({
      ...ruleset,
      rules: [...ruleset.rules, { family: 'inet', table: 'shop', chain: 'web', statements: [{ counter: 'nothing' }] }],
    });
    await expect(failed).rejects.toMatchObject({ code: 'ENOENT', request: 'NFT_MSG_NEWRULE' });
    await expect(failed).rejects.toHaveProperty(
      'property',
      expect.stringContaining(`rules[${String(ruleset.rules.length)}]`),
    );

    expect(await shown(namespace)).toBe(before);
  });

  test('is refused where a table belongs to another process', async () => {
    await using namespace = await scratchNamespace();
    const owner = namespace.spawn('nft', ['-i'], { stdio: ['pipe', 'ignore', 'ignore'] });
    try {
      owner.stdin.write('add table inet owned { flags owner; }\n');
      await until(async () => (await namespace.nftables.tables.list())[0]);

      const refused = namespace.nftables.replaceRuleset(nothing);
      await expect(refused).rejects.toMatchObject({ code: 'EPERM', subject: "table 'inet owned'" });
      await expect(refused).rejects.toThrow(
        `table 'inet owned' is owned by another socket (port ${String(owner.pid)})`,
      );
      await namespace.nftables.replaceRuleset({ ...nothing, family: 'ip', tables: [{ family: 'ip', name: 'ours' }] });
      const owned = namespace.nftables.replaceRuleset(await namespace.nftables.ruleset());
      await expect(owned).rejects.toMatchObject({ property: 'tables[0].flags' });

      expect(await namespace.nftables.tables.list()).toMatchObject([
        { name: 'owned', flags: ['owner'], owner: owner.pid },
        { name: 'ours' },
      ]);
    } finally {
      owner.kill();
    }
  });

  test('replaces the state that was looked at, and no later one', async () => {
    await using namespace = await scratchNamespace();
    const { transport } = handleOf(namespace)!;
    const { generation } = await namespace.nftables.ruleset();
    const add = (name: string) =>
      transport.sendWhole([newTable({ family: 'inet', name })], nftablesBatchOf(generation));

    await add('first');

    await expect(add('second')).rejects.toMatchObject({ code: 'ERESTART', request: 'NFNL_MSG_BATCH_BEGIN' });
    expect(await namespace.nftables.tables.list()).toMatchObject([{ name: 'first' }]);
    await namespace.nftables.replaceRuleset({ ...nothing, generation });
    expect(await namespace.nftables.tables.list()).toEqual([]);
  });

  test('is not replaced where others keep changing it, as the error says', async () => {
    await using namespace = await scratchNamespace();
    let count = 0;

    const changed = handleOf(namespace)!.exclusive('test', (inside) =>
      changeOneGeneration(inside, undefined, async () => {
        await run(namespace, 'nft', ['add', 'table', 'ip', `other${String(count++)}`]);
        return [newTable({ family: 'inet', name: 'ours' })];
      }),
    );

    await expect(changed).rejects.toMatchObject({ code: 'ERESTART' });
    await expect(changed).rejects.toThrow('the rules kept changing while the batch was made');
    expect((await namespace.nftables.tables.list()).map(({ family }) => family)).toEqual(Array(count).fill('ip'));
  });

  test('is consistent while others change it', async () => {
    await using namespace = await scratchNamespace();
    const { nftables } = namespace;
    let stop = false;
    const changing = (async () => {
      for (let turn = 0; !stop; turn++) {
        await nftables.batch((nft) => {
          const table = nft.tables.add({ family: 'inet', name: 't' });
          table.chains.add({ name: `c${String(turn)}` });
          table.rules.add({ chain: `c${String(turn)}`, statements: ['counter'] });
        });
        await nftables.tables.delete({ family: 'inet', name: 't' });
      }
    })();
    const other = await openNamespace({ fd: (namespace as unknown as Held).fd });

    try {
      for (let turn = 0; turn < 20; turn++) {
        const { tables, chains, rules } = await other.nftables.ruleset();
        expect(chains).toHaveLength(tables.length);
        expect(rules.map(({ chain }) => chain)).toEqual(chains.map(({ name }) => name));
      }
    } catch (error) {
      // Under load each of ten attempts may be overtaken, which is told, and nothing of two states.
      expect(error).toMatchObject({ code: 'EINTR' });
    } finally {
      stop = true;
      await changing;
      await other.close();
    }
  });

  test('a chain without a name is written with its rule alone', async () => {
    await using namespace = await withRuleset();
    const { chains } = await namespace.nftables.ruleset();
    const inner = chains.find(({ flags = [] }) => flags.includes('binding'))!;

    await expect(namespace.nftables.chains.add(inner)).rejects.toMatchObject({ property: 'flags' });
  });
});

/** A ruleset without what differs between two that are alike: of sets that refer to chains, their names too. */
function withoutHandles(ruleset: NftRuleset): unknown {
  const plain = (key: string, value: unknown) =>
    ['handle', 'generation', 'expires', 'use'].includes(key) ? undefined : value;
  return JSON.parse(JSON.stringify(ruleset, plain).replaceAll(/__chain\d+/g, '__chain'));
}

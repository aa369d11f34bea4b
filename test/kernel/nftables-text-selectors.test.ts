import { formatRule, type NftRule, type NftStatement } from '../../lib';
import { everySelector, type Named } from '../../lib/protocol/netfilter/nftables/selectors';
import { describeKernel, feature, kernelTest, requiresOracle } from '../support/kernel';
import { placeOf } from '../support/nft-rules/rule-case';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const filtering = feature(
  'nf_tables with filters',
  'nft add table inet t; nft add chain inet t c "{ type filter hook input priority 0; }"',
);

const TABLES = `
table inet t { chain c { type filter hook input priority filter; }
  chain out { type filter hook output priority filter; }
}
table bridge tb { chain c { type filter hook input priority filter; }
}
table arp ta { chain c { type filter hook input priority filter; }
}
`;

const bridges = feature(
  'what tells of the bridge in its tables',
  'nft add table bridge t; nft add chain bridge t c; nft add rule bridge t c meta ibrname br0',
);

/** What kernels may lack in tables of bridges. */
const ofBridges = new Set(['inputBridge', 'outputBridge', 'bridgeVlan', 'bridgeVlanProtocol']);

/** Two values of a type, of which the first is less; 1 and 5 where nothing else is said. */
const samples: Record<string, readonly [unknown, unknown]> = {
  ipv4_addr: ['10.0.0.1', '10.255.0.9'],
  ipv6_addr: ['2001:db8::1', '2001:db8::9'],
  ether_addr: ['02:00:00:00:00:01', '02:00:00:00:00:09'],
  classid: ['1:10', 'abcd:ef01'],
  ifname: ['eth*', 'veth0'],
  time_date: ['2021-07-05T00:00:00Z', '2022-07-05T12:34:56Z'],
  hour: ['10:00', '23:59:59'],
  day: ['monday', 'friday'],
  tcp_flag: ['syn', 'ack'],
  ct_state: ['related', 'new'],
  ct_status: ['snat', 'dnat'],
  ct_label: [5, 6],
};

/** Tests of flags: any of them, none, all, and some of them. */
function ofFlags([one, other]: readonly [unknown, unknown]): unknown[] {
  const both = [one, other];
  return [
    ...[[one], both, { not: [one] }, { not: both }, { equals: [one] }, { equals: both }, { not: { equals: both } }],
    ...[{ mask: both, value: [one] }, { not: { mask: both, value: [one] } }, { mask: both, value: both }],
    ...[{ mask: [one], value: [one] }, { not: { mask: [one], value: [one] } }],
    ...[{ mask: both, value: [] }, { not: { mask: both, value: [] } }],
  ];
}

/** What is tried of a selector. */
function testsOf({ type, bits, byNumber, load }: Named['selector']): unknown[] {
  if (type.isFlags === true) return ofFlags(samples[type.name]!);
  if (type.name === 'boolean') {
    const there = type.format(Uint8Array.of(1));
    return [there, { not: there }, typeof there === 'boolean' ? false : 'missing'];
  }
  const isOne = load.kind === 'socket' && load.key !== 'mark';
  const [first, last] = samples[type.name] ?? (isOne || bits?.mask === 0x10 || bits?.mask === 1 ? [0, 1] : [1, 3]);
  const ordered = [
    { from: first, to: last },
    { not: { from: first, to: last } },
    { greaterThan: first },
    { atMost: last },
  ];
  const isWhole = bits === undefined && !['classid', 'time_date', 'hour', 'day'].includes(type.name) && !isOne;
  return [
    ...[first, { not: first }, [first, last], { not: [last, first] }],
    ...(type.isText === true ? [] : ordered),
    ...(type.isText !== true && isWhole ? [{ mask: last, value: first }] : []),
    ...(byNumber === undefined ? [] : [1, { not: [5, 6] }, { from: 5, to: 6 }]),
  ];
}

/** What nft wants to know first, where it would else put a comparison in front of a field itself, or refuses it. */
function before([group, field, inner]: readonly string[]): NftStatement[] {
  if (group === 'icmp') {
    if (field === 'id' || field === 'sequence') return [{ match: { icmp: { type: ['echo-reply', 'echo-request'] } } }];
    if (field === 'mtu') return [{ match: { icmp: { type: 'destination-unreachable' } } }];
    if (field === 'gateway') return [{ match: { icmp: { type: 'redirect' } } }];
  }
  if (group === 'icmpv6') {
    if (field === 'id' || field === 'sequence')
      return [{ match: { icmpv6: { type: ['echo-request', 'echo-reply'] } } }];
    if (field === 'maxDelay') return [{ match: { icmpv6: { type: 'mld-listener-query' } } }];
    if (field === 'mtu') return [{ match: { icmpv6: { type: 'packet-too-big' } } }];
    if (field === 'parameterProblem') return [{ match: { icmpv6: { type: 'parameter-problem' } } }];
  }
  const isPort = group === 'ct' && (inner === 'sourcePort' || inner === 'destinationPort');
  return isPort ? [{ match: { transportProtocol: 'tcp' } }] : [];
}

function chainOf([group]: readonly string[]): string {
  if (group === 'arp') return 'arp/c';
  return group === 'vlan' || ofBridges.has(group!) ? 'bridge/c' : group === 'rt' ? 'out' : 'c';
}

const at = (path: readonly string[], test: unknown) =>
  path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), test);

function rulesOf({ path, selector }: Named) {
  const place = placeOf(chainOf(path));
  return testsOf(selector).map((test) => {
    const match = { match: at(path, test) } as unknown as NftStatement;
    return { ...place, statements: [...before(path), match] };
  });
}

/** A rule for each selector of bridges, or for each other one, and each way to test it. */
function rulesFor(what: 'bridges' | 'packets') {
  return everySelector()
    .filter(({ path, selector }) => selector.isWriteOnly !== true && ofBridges.has(path[0]!) === (what === 'bridges'))
    .flatMap(rulesOf);
}

describeKernel('the text of a rule', [requiresOracle('nft'), filtering], () => {
  const name = 'makes the same rule by nft as the rule itself, of each selector and each way to test it';
  kernelTest(name, () => compare(rulesFor('packets')));
  kernelTest(`${name}, of bridges`, [bridges], () => compare(rulesFor('bridges')));

  async function compare(rules: ReturnType<typeof rulesOf>): Promise<void> {
    await using ours = await scratchNamespace();
    await using theirs = await scratchNamespace();
    const texts = rules.map((rule) => formatRule(rule));
    const added = rules.map(
      ({ family, table, chain }, index) => `add rule ${family} ${table} ${chain} ${texts[index]!}`,
    );

    await run(ours, 'nft', [TABLES]);
    await ours.nftables.batch((nft) => {
      for (const rule of rules) nft.rules.add(rule);
    });
    await run(theirs, 'nft', [TABLES]);
    // An argument has 128 KiB at most.
    for (let next = 0; next < added.length; next += 1000)
      await run(theirs, 'nft', [added.slice(next, next + 1000).join('\n')]);

    const [listed, listedThere] = [await ours.nftables.rules.list(), await theirs.nftables.rules.list()];
    expect(listedThere.map(told)).toEqual(listed.map(told));
    expect(listedThere).toHaveLength(rules.length);
    expect(listed.map((rule) => formatRule(rule)).filter((text) => text.includes('?'))).toEqual([]);
  }
});

function told({ chain, statements }: NftRule): unknown {
  return [chain, statements];
}

import type { Bridge, BridgeOptions, Link, LinkChanges, LinkOptions, Netem, Qdisc, Veth, VethOptions } from '../../lib';

// The compiler is the judge: `npm run types`.

test('options', () => {
  const options: LinkOptions[] = [
    { kind: 'bridge', ageingTime: 5, bridgePort: { isolated: true }, masterPort: undefined },
    { kind: 'bridge', mtu: undefined, ageingTime: undefined, switches: { multipleSpanningTree: undefined } },
    { kind: 'veth', peer: { name: undefined, namespace: undefined } },
    { kind: 'openvswitch', data: new Uint8Array() },
    { kind: 'dummy', masterPort: { kind: 'team', data: new Uint8Array() } },
    // @ts-expect-error: is called bridgePort now.
    { kind: 'veth', port: { kind: 'bridge', isolated: true } },
    // @ts-expect-error: is written ageingTime.
    { kind: 'bridge', agingTime: 5 },
    // @ts-expect-error: of another kind.
    { kind: 'veth', ageingTime: 5 },
    // @ts-expect-error: the name of the property says the kind.
    { kind: 'veth', bridgePort: { kind: 'bridge' } },
    // @ts-expect-error: read-only.
    { kind: 'bridge', rootPort: 5 },
    // @ts-expect-error: without a kind.
    { name: 'br0' },
  ];
  const changes: LinkChanges[] = [
    { mtu: 1400, bridgePort: { cost: 5 } },
    { kind: 'bridge', ageingTime: 5 },
    { kind: 'openvswitch', data: new Uint8Array() },
    // @ts-expect-error: is called bridgePort now.
    { port: { kind: 'bridge', cost: 5 } },
    // @ts-expect-error: belongs to one kind alone.
    { ageingTime: 5 },
    // @ts-expect-error: a link keeps its index.
    { index: 5 },
    // @ts-expect-error: chosen when the link is made.
    { transmitQueues: 5 },
    // @ts-expect-error: chosen when the link is made.
    { kind: 'veth', peer: {} },
  ];

  expect([options, changes]).toHaveLength(2);
});

test('links', () => {
  const ageing = (link: Link): number | undefined => (link.kind === 'bridge' ? link.ageingTime : undefined);
  const other = (link: Link): Uint8Array | undefined => (link.kind === 'openvswitch' ? link.data : undefined);
  const peer = (options: LinkOptions): VethOptions['peer'] => (options.kind === 'veth' ? options.peer : undefined);
  const again = (link: Link): LinkOptions | undefined => (link.kind === undefined ? undefined : link);
  const named: (link: Bridge | Veth) => BridgeOptions | VethOptions = (link) => link;
  const port = (link: Link) => link.bridgePort?.state;
  // @ts-expect-error: is called bridgePort now.
  const former = (link: Link): unknown => link.port;

  expect([ageing, other, peer, again, named, port, former]).toHaveLength(7);
});

test('what docs/stability.md says of telling kinds apart', () => {
  const isVeth = (link: Link): link is Veth => link.kind === 'veth';
  const isNetem = (qdisc: Qdisc): qdisc is Netem => qdisc.kind === 'netem';
  const paired = (link: Link, peer: VethOptions['peer']): LinkOptions | undefined =>
    isVeth(link) ? { ...link, peer } : undefined;
  const emulator = (qdisc: Qdisc): Netem | undefined => (isNetem(qdisc) ? qdisc : undefined);
  const rest = (link: Link): Uint8Array | number | undefined => {
    switch (link.kind) {
      case 'bridge':
        return link.ageingTime;
      default:
        return 'data' in link ? link.data : undefined;
    }
  };
  const restOfQdisc = (qdisc: Qdisc): Uint8Array | undefined => ('data' in qdisc ? qdisc.data : undefined);

  expect([paired, emulator, rest, restOfQdisc]).toHaveLength(4);
});

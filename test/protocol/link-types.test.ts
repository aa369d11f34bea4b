import type { Bridge, BridgeOptions, Link, LinkChanges, LinkOptions, Veth, VethOptions } from '../../lib';

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

import { newAddress } from '../../lib/protocol/address';
import { changeLink, newLink, type LinkOptions } from '../../lib/protocol/link';
import { deleteRoute, newRoute } from '../../lib/protocol/route-request';
import { thrownBy } from '../support/bytes';
import { bytesOf } from '../support/golden';

describe('what a new link cannot be made without', () => {
  test.each<[options: LinkOptions, property: string]>([
    [{ kind: 'vlan', link: 1 }, 'id'],
    [{ kind: 'vlan', id: 5 }, 'link'],
    [{ kind: 'vrf' }, 'table'],
    [{ kind: 'macvlan' }, 'link'],
    [{ kind: 'macvtap' }, 'link'],
    [{ kind: 'ipvlan' }, 'link'],
    [{ kind: 'vxlan', port: 4789 }, 'vni'],
    [{ kind: 'vxlan', collectMetadata: false }, 'vni'],
  ])('%j lacks %s', (options, property) => {
    expect(thrownBy(() => bytesOf(newLink(options)))).toMatchObject({
      name: 'TypeError',
      message: expect.stringMatching(`^${property}: must be given.* no link of kind '${options.kind}'`) as string,
    });
  });

  test.each<LinkOptions>([
    { kind: 'vlan', link: 1, id: 0 },
    { kind: 'vrf', table: 'main' },
    { kind: 'macvlan', link: 'v0' },
    { kind: 'vxlan', vni: 0 },
    { kind: 'vxlan', collectMetadata: true },
  ])('%j has it, and a change needs none of it', (options) => {
    bytesOf(newLink(options));
    bytesOf(changeLink('x', { kind: options.kind, mtu: 1400 }));
  });

  test('a wrong value is told first', () => {
    expect(thrownBy(() => bytesOf(newLink({ kind: 'vlan', id: 4095 })))).toMatchObject({ property: 'id' });
    expect(thrownBy(() => bytesOf(newLink({ kind: 'vrf', table: 0 })))).toMatchObject({ property: 'table' });
  });
});

describe('what does not go together', () => {
  test.each<[action: () => unknown, message: string]>([
    [
      () => bytesOf(newLink({ kind: 'vxlan', vni: 1, local: '10.0.0.1', remote: '2001:db8::1' })),
      "remote: must be IPv4, as local is, not '2001:db8::1'",
    ],
    [
      () => bytesOf(newLink({ kind: 'vxlan', vni: 1, remote: '10.0.0.1', local: '2001:db8::1' })),
      "remote: must be IPv6, as local is, not '10.0.0.1'",
    ],
    [
      () => bytesOf(newRoute({ destination: 'fd00::/64', gateway: '10.0.0.1' }, 'add')),
      "gateway: must be IPv6, as the route is, not '10.0.0.1'",
    ],
    [
      () => bytesOf(newRoute({ destination: 'fd00::/64', nexthops: [{ gateway: '10.0.0.1' }] }, 'add')),
      "nexthops[0].gateway: must be IPv6, as the route is, not '10.0.0.1'",
    ],
    [
      () => bytesOf(newRoute({ destination: '10.0.0.0/8', table: 0 }, 'add')),
      'table: must not be 0, which is no table: the kernel would take main',
    ],
    [
      () => bytesOf(deleteRoute({ destination: '10.0.0.0/8', table: 0 })),
      'table: must not be 0, which is no table: the kernel would take main',
    ],
    [
      () => bytesOf(newAddress({ device: 1, address: '10.0.0.1/8', validLifetime: 5, preferredLifetime: 6 }, 'add')),
      'preferredLifetime: must not be longer than validLifetime, which is 5, but is 6',
    ],
    [
      () =>
        bytesOf(
          newAddress({ device: 1, address: '10.0.0.1/8', validLifetime: 5, preferredLifetime: 'forever' }, 'add'),
        ),
      "preferredLifetime: must not be longer than validLifetime, which is 5, but is 'forever'",
    ],
    [
      () => bytesOf(newLink({ kind: 'veth', masterPort: { kind: 'bridge' } })),
      "masterPort.kind: is 'bridge', whose ports have a property of their own: use bridgePort in place of masterPort",
    ],
  ])('%s', (action, message) => {
    expect(thrownBy(action)).toMatchObject({ message });
  });

  test('an IPv4 route may have an IPv6 gateway', () => {
    bytesOf(newRoute({ destination: '10.0.0.0/8', gateway: 'fe80::1', device: 1 }, 'add'));
  });
});

import { ERRNO } from '../../lib/errno';
import { changeLink, newLink, type LinkOptions } from '../../lib/protocol/link';
import { encoded, thrownBy } from '../support/bytes';

const IP = 'fe80::1';
const LONG = '02:00:00:00:00:01:02:03';
const not = (value: string) => `must be an Ethernet address such as 02:00:00:00:00:01, not '${value}'`;
const add = (options: object) => encoded(newLink(options as LinkOptions).encode);
const set = (changes: object) => encoded(changeLink('x', changes).encode);
const unsaid = `is an IP address, as some tunnels have, and \`kind\` does not say that this is one: '${IP}'`;

test.each<[(options: object) => unknown, object, string]>([
  [add, { kind: 'vxlan', address: IP }, `address: ${not(IP)}`],
  [add, { kind: 'macvlan', address: LONG }, `address: ${not(LONG)}`],
  [add, { kind: 'bridge', broadcast: '10.0.0.1' }, `broadcast: ${not('10.0.0.1')}`],
  [add, { kind: 'veth', peer: { address: LONG } }, `peer.address: ${not(LONG)}`],
  [set, { kind: 'bridge', address: LONG }, `address: ${not(LONG)}`],
  [set, { kind: 'bond', address: IP }, `address: is an IP address, as some tunnels have: '${IP}'`],
  [set, { broadcast: IP }, `broadcast: ${unsaid}`],
  [set, { address: IP }, `address: ${unsaid}`],
])('an address that the kernel would cut is refused: %#', (verb, options, message) => {
  expect(thrownBy(() => verb(options))).toMatchObject({ name: 'RangeError', message });
});

test.each(['02:00:00:00:00:1', '02:00:00:00:00:0G', '02:00:00:00:00:01 ', '2:0:0:0:0:1', '0200.0000.0001', 'x'])(
  'a misspelt address is not taken for an IP address: %j',
  (value) => {
    for (const changes of [{ address: value }, { kind: 'gre', broadcast: value }]) {
      expect(thrownBy(() => set(changes))).toMatchObject({
        message: expect.stringMatching(/^\w+: must be a link-layer address such as 02:00:00:00:00:01, not '/) as string,
      });
    }
  },
);

test('an address that the kernel finds too short is told how long one of Ethernet is', () => {
  const hintOf = (changes: object) => changeLink('x', changes).hint!(ERRNO.EINVAL, undefined);

  expect(hintOf({ address: '02:00:00:00:00' })).toEqual({
    property: 'address',
    text: 'it has 5 octets, that of an Ethernet link has 6',
  });
  expect(hintOf({ broadcast: '02' })).toMatchObject({ property: 'broadcast' });
  expect(hintOf({ address: '02:00:00:00:00:01', mtu: 5 })).toBeUndefined();
  expect(changeLink('x', { address: '02' }).hint!(ERRNO.EINVAL, 'words of its own')).toEqual({ property: 'address' });
});

test.each<[(options: object) => unknown, object]>([
  [add, { kind: 'ip6gre', address: IP, broadcast: IP }],
  [set, { kind: 'gre', broadcast: '10.0.0.1' }],
  [set, { kind: 'bond', address: Array.from({ length: 20 }, () => '01').join(':') }],
  [set, { address: LONG }],
  [set, { address: '02:00:00:00:00:01' }],
])('an address of another link layer is taken where it may be one: %#', (verb, options) => {
  expect(verb(options)).toBeInstanceOf(Uint8Array);
});

test.each<[object, string]>([
  [{ kind: 'bridge', index: 0 }, 'index: must be a whole number from 1 to 2147483647, not 0'],
  [{ kind: 'vxlan', underlay: 0 }, 'underlay: must be a whole number from 1 to 2147483647, not 0'],
  [{ kind: 'bridge', name: 'a\ud800' }, 'name: must be well-formed Unicode'],
  [{ kind: 'bridge', unknownAttributes: Number.NaN }, 'unknownAttributes: must be an array, as lists have it, not NaN'],
])('%j is refused', (options, message) => {
  expect(thrownBy(() => add(options))).toMatchObject({ message: expect.stringContaining(message) as string });
});

import { vxlan } from '../../../lib/protocol/link-kinds/vxlan';
import { attribute, bytes, thrownBy, u32 } from '../../support/bytes';
import { goldenLinks, readData, writeData } from '../../support/link-goldens';

const golden = goldenLinks(vxlan);

describe('VXLAN links are what iproute2 makes', () => {
  golden('ip link add vx0 type vxlan id 42 remote 10.0.0.2 dstport 4789 df set', {
    ...{ kind: 'vxlan', name: 'vx0', vni: 42, remote: '10.0.0.2', port: 4789, df: 'set' },
    learning: true,
  });
  golden(
    'ip link add vx1 type vxlan id 43 group 239.1.1.1 local 10.0.0.1 dev v0 ttl 8 tos 0x10 dstport 4789 ' +
      'srcport 32768 61000 learning proxy rsc l2miss l3miss ageing 600 maxaddress 1000',
    {
      kind: 'vxlan',
      name: 'vx1',
      vni: 43,
      remote: '239.1.1.1',
      local: '10.0.0.1',
      underlay: 3,
      ttl: 8,
      tos: 16,
      port: 4789,
      portRange: { low: 32768, high: 61000 },
      learning: true,
      proxy: true,
      routeShortCircuit: true,
      l2Miss: true,
      l3Miss: true,
      ageingTime: 600,
      maximumAddresses: 1000,
    },
  );
  golden(
    'ip link add vx2 type vxlan id 44 remote 2001:db8::2 local 2001:db8::1 flowlabel 0x12345 dstport 4789 nolearning ' +
      'noproxy norsc nol2miss nol3miss udp6zerocsumtx udp6zerocsumrx ttl inherit tos inherit df inherit',
    {
      kind: 'vxlan',
      name: 'vx2',
      vni: 44,
      remote: '2001:db8::2',
      local: '2001:db8::1',
      flowLabel: 0x12345,
      port: 4789,
      learning: false,
      proxy: false,
      routeShortCircuit: false,
      l2Miss: false,
      l3Miss: false,
      udpZeroChecksum6Transmit: true,
      udpZeroChecksum6Receive: true,
      ttlInherit: true,
      tos: 'inherit',
      df: 'inherit',
    },
  );
  golden(
    'ip link add vx3 type vxlan id 45 dstport 4789 noudpcsum noudp6zerocsumtx noudp6zerocsumrx remcsumtx remcsumrx gbp df unset',
    {
      kind: 'vxlan',
      name: 'vx3',
      vni: 45,
      port: 4789,
      udpChecksum: false,
      udpZeroChecksum6Transmit: false,
      udpZeroChecksum6Receive: false,
      remoteChecksumTransmit: true,
      remoteChecksumReceive: true,
      gbp: true,
      df: 'unset',
      learning: true,
    },
  );
  golden('ip link add vx4 type vxlan external vnifilter dstport 4789', {
    ...{ kind: 'vxlan', name: 'vx4', collectMetadata: true, vniFilter: true, port: 4789, learning: false },
  });
  golden('ip link add vx5 type vxlan external gpe dstport 4790 udpcsum noremcsumtx', {
    ...{ kind: 'vxlan', name: 'vx5', collectMetadata: true, gpe: true, port: 4790, udpChecksum: true },
    ...{ remoteChecksumTransmit: false, learning: false },
  });
  golden('ip link set vx0 type vxlan remote 10.0.0.3 ageing 0 ttl auto noremcsumrx', {
    ...{ kind: 'vxlan', remote: '10.0.0.3', ageingTime: 0, ttl: 0, remoteChecksumReceive: false },
  });
});

// Of kernels since 6.5, which iproute2 6.1 does not know: by linux/if_link.h.
test.each<[options: object, content: Uint8Array]>([
  [{ remoteChecksumNoPartial: true }, attribute(24)],
  [{ localBypass: false }, attribute(31, 0)],
  [{ flowLabelPolicy: 'inherit' }, attribute(32, u32(1))],
  [{ reservedBits: { flags: 0xf7ffffff, vni: 0xff } }, attribute(33, [0xf7, 0xff, 0xff, 0xff, 0, 0, 0, 0xff])],
  [{ multicastRoute: true }, attribute(34, 1)],
])('%j', (options, content) => {
  expect(writeData(vxlan, options)).toEqual(content);
  expect(readData(vxlan, content)).toEqual(options);
});

test('the kernel reports a flag as a byte', () => {
  expect(readData(vxlan, attribute(28, 0))).toEqual({ ttlInherit: false });
  expect(readData(vxlan, attribute(28, 1))).toEqual({ ttlInherit: true });
  expect(writeData(vxlan, { ttlInherit: false, gbp: false })).toEqual(bytes());
});

test.each<[options: object, message: string]>([
  [{ vni: 0x1000000 }, 'vni: must be a whole number from 0 to 16777215, not 16777216'],
  [{ flowLabel: 0x100000 }, 'flowLabel: must be a whole number from 0 to 1048575, not 1048576'],
  [{ port: 65536 }, 'port: must be a whole number from 0 to 65535, not 65536'],
  [{ portRange: 5000 }, 'portRange: must be { low, high }, not 5000'],
  [{ portRange: { low: 5000 } }, 'portRange.high: must be a number, not undefined'],
  [{ remote: 'host' }, "remote: must be an IP address, not 'host'"],
  [{ df: true }, 'df: must be one of unset, set, inherit, or a number, not true'],
])('%j is refused', (options, message) => {
  expect(thrownBy(() => writeData(vxlan, options))).toMatchObject({ message });
});

import { Rows } from '../../../lib/codec';
import { vlan } from '../../../lib/protocol/link-kinds/vlan';
import { amidst, attribute, bytes, thrownBy, u16, u32 } from '../../support/bytes';
import { goldenLinks, readData, writeData } from '../../support/link-goldens';

const golden = goldenLinks(vlan, [3, 4]);

describe('VLANs are what iproute2 makes', () => {
  golden('ip link add link v0 name v0.10 type vlan id 10', { kind: 'vlan', name: 'v0.10', link: 3, id: 10 });
  golden(
    'ip link add link v0 name v0.20 type vlan id 20 protocol 802.1ad reorder_hdr off gvrp on mvrp on loose_binding on ' +
      'bridge_binding on ingress-qos-map 1:2 3:4 egress-qos-map 5:6 7:1',
    {
      kind: 'vlan',
      name: 'v0.20',
      link: 3,
      id: 20,
      protocol: '802.1ad',
      reorderHeader: false,
      gvrp: true,
      mvrp: true,
      looseBinding: true,
      bridgeBinding: true,
      ingressQosMap: [
        { from: 1, to: 2 },
        { from: 3, to: 4 },
      ],
      egressQosMap: [
        { from: 5, to: 6 },
        { from: 7, to: 1 },
      ],
    },
  );
  golden('ip link set v1 type vlan reorder_hdr on loose_binding off', {
    ...{ kind: 'vlan', reorderHeader: true, looseBinding: false },
  });
  golden('ip link set v1 type vlan egress-qos-map 5:0', { kind: 'vlan', egressQosMap: [{ from: 5, to: 0 }] });
});

test('flags that an older kernel does not know are not there', () => {
  const old = readData(vlan, attribute(2, u32(1), u32(0xf)));

  expect(old).toEqual({ reorderHeader: true, gvrp: false, looseBinding: false, mvrp: false });
});

test('flags that are all off are not in what the kernel says', () => {
  const { source, start, end } = amidst(attribute(1, u16(10)));
  const row = new Rows().take();
  vlan.data.decodeTo(row, source, start, end);
  const link = row.toObject();

  expect(link).toEqual({
    ...{ id: 10, reorderHeader: false, gvrp: false, looseBinding: false, mvrp: false, bridgeBinding: false },
  });
});

test('the flags are one attribute, wherever they stand', () => {
  expect(writeData(vlan, { gvrp: false, id: 1, mvrp: true })).toEqual(
    bytes(attribute(2, u32(8), u32(10)), writeData(vlan, { id: 1 })),
  );
});

test.each<[options: object, message: string]>([
  [{ id: 4095 }, 'id: must be a whole number from 0 to 4094, not 4095'],
  [
    { protocol: '802.1x' },
    "protocol: must be one of 802.1q, 802.1ad, or a number, not '802.1x': did you mean '802.1q'?",
  ],
  [{ gvrp: 'on' }, "gvrp: must be true or false, not 'on'"],
  [{ ingressQosMap: [{ from: 8, to: 1 }] }, 'ingressQosMap[0].from: must be a whole number from 0 to 7, not 8'],
  [{ egressQosMap: [{ from: 1 }] }, 'egressQosMap[0].to: must be a number, not undefined'],
  [{ egressQosMap: { 1: 2 } }, "egressQosMap: must be an array, not { '1': 2 }"],
])('%j is refused', (options, message) => {
  expect(thrownBy(() => writeData(vlan, options))).toMatchObject({ message });
});

test('flags that only a newer kernel knows are kept whole, and so is what else a mapping has', () => {
  const flags = bytes(u32(0x61), u32(0xffffffff));
  const mapping = attribute(1, u32(1), u32(2), u32(3));

  expect(readData(vlan, attribute(2, flags))).toMatchObject({
    ...{ reorderHeader: true, gvrp: false },
    unknownAttributes: [{ type: 2, data: flags }],
  });
  expect(readData(vlan, attribute(4, mapping))).toEqual({
    ingressQosMap: [{ from: 1, to: 2 }],
    unknownAttributes: [{ type: 4, data: mapping }],
  });
});

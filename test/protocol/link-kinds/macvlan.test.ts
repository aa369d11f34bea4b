import { macvlan, macvtap } from '../../../lib/protocol/link-kinds/macvlan';
import { attribute, thrownBy, u32 } from '../../support/bytes';
import { goldenLinks, readData, writeData } from '../../support/link-goldens';

const golden = goldenLinks(macvlan, [5]);

describe('macvlans are what iproute2 makes', () => {
  golden('ip link add link v0 name m0 type macvlan', { kind: 'macvlan', name: 'm0', link: 3 });
  golden('ip link add link v0 name m1 type macvlan mode private bcqueuelen 500', {
    ...{ kind: 'macvlan', name: 'm1', link: 3, mode: 'private', broadcastQueueLength: 500 },
  });
  goldenLinks(macvtap)('ip link add link v0 name m2 type macvtap mode bridge', {
    ...{ kind: 'macvtap', name: 'm2', link: 3, mode: 'bridge' },
  });
  golden('ip link add link v0 name m3 type macvlan mode passthru flag nopromisc', {
    ...{ kind: 'macvlan', name: 'm3', link: 3, mode: 'passthru', modeFlags: ['no-promiscuous'] },
  });
  golden(
    'ip link add link v1 name m4 type macvlan mode source flag nodst macaddr set 02:00:00:00:00:01 02:00:00:00:00:02',
    {
      kind: 'macvlan',
      name: 'm4',
      link: 2,
      mode: 'source',
      modeFlags: ['no-destination'],
      sourceAddresses: ['02:00:00:00:00:01', '02:00:00:00:00:02'],
    },
  );
  golden('ip link set m4 type macvlan macaddr add 02:00:00:00:00:03', {
    kind: 'macvlan',
    sourceAddresses: { add: '02:00:00:00:00:03' },
  });
  golden('ip link set m4 type macvlan macaddr del 02:00:00:00:00:01', {
    kind: 'macvlan',
    sourceAddresses: { delete: '02:00:00:00:00:01' },
  });
  golden('ip link set m4 type macvlan macaddr set', { kind: 'macvlan', sourceAddresses: [] });
  golden('ip link set m4 type macvlan mode vepa', { kind: 'macvlan', mode: 'vepa' });
});

test('what only the kernel says is left out', () => {
  expect(readData(macvlan, attribute(8, u32(1000)))).toEqual({ broadcastQueueLengthUsed: 1000 });
  expect(readData(macvlan, attribute(6, u32(2)))).toEqual({ sourceAddressCount: 2 });
  expect(writeData(macvlan, { broadcastQueueLengthUsed: 1000, sourceAddressCount: 2 })).toEqual(new Uint8Array());
});

// Of kernels since 6.4, which iproute2 6.1 does not know: by linux/if_link.h.
test('the cutoff of broadcast has a sign', () => {
  expect(writeData(macvlan, { broadcastCutoff: -1 })).toEqual(attribute(9, u32(0xffffffff)));
  expect(readData(macvlan, attribute(9, u32(0xffffffff)))).toEqual({ broadcastCutoff: -1 });
});

test.each<[options: object, message: string]>([
  [
    { mode: 'brigde' },
    "mode: must be one of private, vepa, bridge, passthru, source, or a number, not 'brigde': did you mean 'bridge'?",
  ],
  [{ modeFlags: 'nopromisc' }, "modeFlags: must be an array of words, not 'nopromisc'"],
  [
    { sourceAddresses: ['10.0.0.1'] },
    "sourceAddresses[0]: must be an Ethernet address such as 02:00:00:00:00:01, not '10.0.0.1'",
  ],
  [
    { sourceAddresses: { add: '1' } },
    "sourceAddresses.add: must be an Ethernet address such as 02:00:00:00:00:01, not '1'",
  ],
  [
    { sourceAddresses: { ad: '02:00:00:00:00:01' } },
    "sourceAddresses.ad: is not a property known here: did you mean 'add'?",
  ],
  [{ sourceAddresses: {} }, 'sourceAddresses: must be an array, { add } or { delete }, not {}'],
  [{ sourceAddresses: 'all' }, "sourceAddresses: must be an array, { add } or { delete }, not 'all'"],
])('%j is refused', (options, message) => {
  expect(thrownBy(() => writeData(macvlan, options))).toMatchObject({ message });
});

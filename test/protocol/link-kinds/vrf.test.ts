import { vrf } from '../../../lib/protocol/link-kinds/vrf';
import { vrfPort } from '../../../lib/protocol/link-kinds/vrf-port';
import { attribute, thrownBy, u32 } from '../../support/bytes';
import { goldenLinks, readData, writeData } from '../../support/link-goldens';

const golden = goldenLinks(vrf);

describe('VRFs are what iproute2 makes', () => {
  golden('ip link add red type vrf table 10', { kind: 'vrf', name: 'red', table: 10 });
  golden('ip link add blue type vrf table main', { kind: 'vrf', name: 'blue', table: 'main' });
});

test('ports tell the table, and are told of none', () => {
  expect(readData(vrfPort, attribute(1, u32(10)))).toEqual({ table: 10 });
  expect(writeData(vrfPort, { table: 10 })).toEqual(new Uint8Array());
});

test('a table without a name has a number', () => {
  expect(thrownBy(() => writeData(vrf, { table: 'red' }))).toMatchObject({
    message: "table: must be one of main, local, default, or a number, not 'red'",
  });
});

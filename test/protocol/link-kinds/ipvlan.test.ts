import { ipvlan } from '../../../lib/protocol/link-kinds/ipvlan';
import { thrownBy } from '../../support/bytes';
import { goldenLinks, writeData } from '../../support/link-goldens';

const golden = goldenLinks(ipvlan, [3]);

describe('ipvlans are what iproute2 makes', () => {
  golden('ip link add link v0 name i0 type ipvlan', { kind: 'ipvlan', name: 'i0', link: 3 });
  golden('ip link add link v0 name i1 type ipvlan mode l2 vepa', {
    ...{ kind: 'ipvlan', name: 'i1', link: 3, mode: 'l2', modeFlag: 'vepa' },
  });
  golden('ip link add link v0 name i2 type ipvlan mode l3s private', {
    ...{ kind: 'ipvlan', name: 'i2', link: 3, mode: 'l3s', modeFlag: 'private' },
  });
});

test.each<[options: object, message: string]>([
  [{ mode: 'l4' }, "mode: must be one of l2, l3, l3s, or a number, not 'l4'"],
  [{ modeFlag: ['vepa'] }, "modeFlag: must be one of bridge, private, vepa, or a number, not [ 'vepa' ]"],
])('%j is refused', (options, message) => {
  expect(thrownBy(() => writeData(ipvlan, options))).toMatchObject({ message });
});

import { nexthop } from '../../../../lib/protocol/nexthop-message';
import { ip } from '../../oracle';
import { makeSome, modelOfMessage } from '../families';
import { COUNT, commands, makeDevices, union, type Scene } from './scene';

const FIRST = 100;
const GROUPS = 1000;

const single = ['id', 'family', 'gateway', 'group', 'groupType', 'resilient', 'hardwareStatistics', 'encap'];
const ofGroups = ['id', 'family', 'gateway', 'group', 'encap', 'blackhole', 'flags'];

export const nexthops: Scene = {
  name: 'nexthops',
  async make(namespace) {
    await makeDevices(namespace);
    await commands(namespace, 'ip', [
      'nexthop add id 90 encap ip id 42 dst 10.9.9.9 via 10.10.0.2 dev v10',
      'nexthop add id 91 encap seg6 mode encap segs 2001:db8:9::1 dev v10 via 2001:db8:10::2',
    ]);
    const ways: object[] = [
      { gateway: '10.10.0.2', device: 'v10' },
      { gateway: '2001:db8:12::2', device: 'v12' },
      { device: 'v10' },
      { device: 'v12', family: 'inet6' },
      { blackhole: true },
      { gateway: '192.0.2.1', device: 'v10', flags: ['onlink'] },
      { gateway: '10.9.9.9', fdb: true },
    ];
    const base = (place: number) => ({ id: FIRST + place, ...ways[place % ways.length] });
    const group = (place: number) => ({
      id: GROUPS + place,
      group: [{ id: FIRST, weight: 1 + place }, { id: FIRST + 1 }].slice(0, 1 + (place % 2)),
    });
    const add = (options: object) => namespace.nexthops.add(options as never);
    return union([
      await makeSome(modelOfMessage(nexthop, single), COUNT, base, add),
      await makeSome(modelOfMessage(nexthop, ofGroups), COUNT, group, add),
    ]);
  },
  table: (namespace) => ({
    list: () => namespace.nexthops.list(),
    add: (rows) => namespace.nexthops.add(rows),
    replace: (rows) => namespace.nexthops.replace(rows),
    // Groups first, which else go with the last that is in them.
    delete: (rows) => namespace.nexthops.delete(rows.toReversed()),
    shown: () => ip(namespace, 'nexthop show'),
    // With those of a group their place in it goes as well.
    isDeletedAlone: ({ id }) => id > FIRST + 1,
  }),
};

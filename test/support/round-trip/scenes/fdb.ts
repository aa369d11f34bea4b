import { fdb as message } from '../../../../lib/protocol/fdb-message';
import { bridge } from '../../oracle';
import { makeSome, modelOfMessage } from '../families';
import { about, COUNT, commands, makeDevices, union, type Scene } from './scene';

const tunnel = ['destination', 'port', 'vni', 'sourceVni', 'nexthopId', 'via'];

export const fdb: Scene = {
  name: 'entries of forwarding tables',
  async make(namespace) {
    await makeDevices(namespace);
    await commands(namespace, 'ip', [
      'link add br0 type bridge',
      'link set br0 up',
      'link set v10 master br0',
      'link add vx0 type vxlan id 7 dstport 4789 local 10.12.0.1',
      'link set vx0 up',
      'link add vx1 type vxlan external dstport 4790',
      'link set vx1 up',
      'nexthop add id 1 via 10.12.0.9 fdb',
      'nexthop add id 2 group 1 fdb',
    ]);
    const add = (options: object) => namespace.fdb.add(options as never);
    const address = (table: number, place: number) =>
      `02:aa:00:00:0${String(table)}:${place.toString(16).padStart(2, '0')}`;
    const ofBridge = modelOfMessage(message, ['address', 'device', 'master', ...tunnel]);
    const ofTunnel = { ...modelOfMessage(message, ['address', 'device', 'master', 'vlan', 'sourceVni']), via: ['v12'] };
    const external = {
      ...ofTunnel,
      ...modelOfMessage(
        message,
        Object.keys(message.fields).filter((name) => name !== 'sourceVni'),
      ),
    };
    const at = (device: string, table: number) => (place: number) => ({
      device,
      destination: '10.9.9.9',
      address: address(table, place),
    });
    return union([
      await makeSome(
        ofBridge,
        COUNT,
        (place) => ({ device: place % 5 === 0 ? 'br0' : 'v10', address: address(0, place) }),
        add,
      ),
      await makeSome(ofTunnel, COUNT, at('vx0', 1), add),
      await makeSome(external, COUNT, at('vx1', 3), add),
      await makeSome({ nexthopId: [2] }, 1, (place) => ({ device: 'vx0', address: address(2, place) }), add),
    ]);
  },
  table: (namespace) => ({
    list: async () => (await namespace.fdb.list()).filter((row) => row.address.startsWith('02:aa:')),
    // An entry that is made without a VLAN is made in each, from which those with one cannot be told.
    add: (rows) => (rows.length > 1 ? namespace.fdb.replace(rows) : namespace.fdb.add(rows)),
    replace: (rows) => namespace.fdb.replace(rows),
    delete: (rows) => namespace.fdb.delete(rows),
    // Without a VLAN the kernel deletes an address in each VLAN of the port.
    isDeletedAlone: ({ master, vlan }: { master?: number; vlan?: number }) =>
      master === undefined || vlan !== undefined,
    shown: () => about(/02:aa:/, [bridge(namespace, 'fdb show')]),
  }),
};

import { neighbor } from '../../../../lib/protocol/neighbor';
import { ip } from '../../oracle';
import { makeSome, modelOfMessage } from '../families';
import { about, COUNT, commands, families, makeDevices, union, type Scene } from './scene';

export const neighbors: Scene = {
  name: 'neighbors',
  async make(namespace) {
    await makeDevices(namespace);
    // A link layer without addresses, and one of which they are those of IP.
    await commands(namespace, 'ip', [
      'tuntap add mode tun name t0',
      'link set t0 up',
      'neigh add 10.100.0.1 dev t0 nud permanent',
      'neigh add 2001:db8:100::1 dev t0 nud permanent',
      'link add g0 type gre local 10.10.0.1',
      'link set g0 up',
      'neigh add 10.100.0.2 dev g0 lladdr 10.9.9.9 nud permanent',
    ]);
    const made = families.map(async (family) => {
      const all = modelOfMessage(neighbor[family], ['device', 'family', 'destination', 'flags']);
      // Of a state of several bits the kernel's timers make another.
      const model = { ...all, state: (all.state ?? []).filter((state) => typeof state === 'string') };
      const flags = [['router'], ['extern_learn'], ['managed'], ['proxy']];
      const base = (place: number) => ({
        device: place % 2 === 0 ? 'v10' : 'v12',
        destination: family === 'inet' ? `10.100.1.${String(place)}` : `2001:db8:100:1::${place.toString(16)}`,
        ...(place % 3 === 0 && { flags: flags[(place / 3) % flags.length] }),
      });
      return makeSome(model, COUNT, base, (options) => namespace.neighbors.add(options as never));
    });
    return union(await Promise.all(made));
  },
  table: (namespace) => ({
    list: async () =>
      [...(await namespace.neighbors.list()), ...(await namespace.neighbors.list({ proxy: true }))].filter(
        ({ destination }) => /^(10\.100\.|2001:db8:100:)/.test(destination),
      ),
    add: (rows) => namespace.neighbors.add(rows),
    replace: (rows) => namespace.neighbors.replace(rows),
    delete: (rows) => namespace.neighbors.delete(rows),
    shown: () =>
      about(/"dst":"(10\.100\.|2001:db8:100:)/, [
        ip(namespace, 'neigh show nud all'),
        ip(namespace, 'neigh show proxy'),
      ]),
  }),
};

import { address } from '../../../../lib/protocol/address';
import { ip, type Row } from '../../oracle';
import { makeSome, modelOfMessage } from '../families';
import { COUNT, families, makeDevices, union, type Scene } from './scene';

type Family = (typeof families)[number];

/** Addresses of which each has a network of its own: of two in one the kernel deletes the second with the first. */
function baseOf(family: Family, place: number): object {
  const isIpv4 = family === 'inet';
  const own = isIpv4 ? `10.100.${String(place)}.1` : `2001:db8:100:${String(place)}::1`;
  const device = place % 3 === 0 ? 'v10' : 'v12';
  if (place % 4 !== 0) return { device, address: `${own}/${isIpv4 ? '24' : '64'}` };
  const other = isIpv4 ? `10.101.${String(place)}.2` : `2001:db8:101:${String(place)}::2`;
  const length = isIpv4 ? ['', '/32', '/30'] : ['', '/128', '/126'];
  return { device, address: own, peer: `${other}${length[(place / 4) % 3]!}` };
}

const apart = ['device', 'family', 'address', 'peer'];
const own = /^(10\.100\.|2001:db8:100:)/;

export const addresses: Scene = {
  name: 'addresses',
  async make(namespace) {
    await makeDevices(namespace);
    const made = families.map((family) => {
      const flags = [['noprefixroute'], ['home', 'nodad'], ['mngtmpaddr'], ['autojoin'], ['optimistic']];
      const lifetimes = { validLifetime: ['forever', 100_000], preferredLifetime: ['forever', 50_000, 0] };
      const model = { ...modelOfMessage(address[family], apart), flags, ...lifetimes };
      const add = (options: object) => namespace.addresses.add(options as never);
      return makeSome(model, COUNT, (place) => baseOf(family, place), add);
    });
    return union(await Promise.all(made));
  },
  table: (namespace) => ({
    list: async () => (await namespace.addresses.list()).filter((row) => own.test(row.address)),
    add: (rows) => namespace.addresses.add(rows),
    replace: (rows) => namespace.addresses.replace(rows),
    delete: (rows) => namespace.addresses.delete(rows),
    async shown() {
      const rows = (await ip(namespace, 'address show')).flatMap((row) => row.addr_info as Row[]);
      return rows.filter(({ local }) => own.test(local as string));
    },
  }),
};

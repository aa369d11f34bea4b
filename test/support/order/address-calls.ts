import fc from 'fast-check';

import { calls, some } from './arbitrary';
import type { Call } from './calls';
import { referenceTo, sorts } from './names';

// Addresses, routes, neighbors and entries of forwarding tables: few of each, so that they meet.

const device = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('l0', 'p1') },
  { weight: 2, arbitrary: referenceTo('lone', 'near') },
  { weight: 1, arbitrary: referenceTo(...sorts) },
);
const few = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 3 });

const address4 = fc.constantFrom('10.0.0.1/24', '10.0.0.2/24', '10.0.1.1/24');
/** Without duplicate address detection, which takes a second. */
const address6 = fc.constant({ address: '2001:db8::1/64', flags: ['nodad'] });
const address = fc.oneof(
  { weight: 6, arbitrary: address4 },
  { weight: 2, arbitrary: address6 },
  { weight: 1, arbitrary: fc.constant('10.0.0.1/33') },
);
const oneAddress = fc.tuple(device, address);
const manyAddresses = fc.tuple(
  few(
    fc
      .tuple(device, address)
      .map(([link, given]) =>
        typeof given === 'string' ? { device: link, address: given } : { device: link, ...given },
      ),
  ),
);
const addressesOfOne = fc.tuple(device, few(address));

const destination = fc.constantFrom('10.8.0.0/24', '10.9.0.0/24', 'default');
const table = fc.constantFrom('main', 100);
const metric = fc.constantFrom(5, 6);
const gateway = fc.constantFrom('10.0.0.9', '10.0.1.9');
const route = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ destination, device, metric, table }, { requiredKeys: ['destination', 'device'] }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ destination, gateway, metric, table }, { requiredKeys: ['destination', 'gateway'] }),
  },
  { weight: 1, arbitrary: fc.record({ destination, type: fc.constantFrom('blackhole', 'unreachable') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      destination,
      nexthops: fc.array(
        device.map((link) => ({ device: link })),
        { minLength: 2, maxLength: 2 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      { destination: fc.constantFrom('2001:db8:8::/64', '2001:db8:9::/64'), device, metric },
      { requiredKeys: ['destination', 'device'] },
    ),
  },
  { weight: 1, arbitrary: fc.constant({ destination: '10.8.0.1/24', device: 'l0' }) },
);
const selector = fc.oneof(route, fc.record({ destination, table }, { requiredKeys: ['destination'] }));

/** Without links, whose carriers come and go in their own time, and nexthops with them. */
const ofTables = { fdb: fc.constant(true), gateway };
const id = fc.constantFrom(1, 2, 10);
const nexthop = fc.oneof(
  { weight: 3, arbitrary: fc.record({ id, ...ofTables }) },
  { weight: 1, arbitrary: fc.record({ id, blackhole: fc.constant(true) }) },
  { weight: 2, arbitrary: fc.record({ id, fdb: fc.constant(true), group: few(fc.record({ id })) }) },
  { weight: 1, arbitrary: fc.record({ id: fc.constant(0), ...ofTables }) },
);

const destinationOfNeighbor = fc.constantFrom('10.0.0.7', '10.0.0.8', '2001:db8::7');
const neighborKey = fc.record({ device, destination: destinationOfNeighbor });
const neighbor = fc
  .tuple(neighborKey, fc.constantFrom('02:ff:00:00:00:07', '02:ff:00:00:00:08'))
  .map(([key, linkLayerAddress]) => ({ ...key, linkLayerAddress }));

const bridge = referenceTo('bridge');
/** None that a link has, or that could be learned. */
const hardwareAddress = fc.constantFrom('02:ff:00:00:00:01', '02:ff:00:00:00:02');
const port = fc.oneof(
  { weight: 2, arbitrary: fc.constant('p0') },
  { weight: 1, arbitrary: referenceTo('near', 'far', 'lone') },
);
const entry = fc.record({ device: port, address: hardwareAddress, state: fc.constantFrom('static', 'permanent') });

/** Calls about one thing that change it: good in `furnish` as well. */
export const addressCalls: fc.WeightedArbitrary<Call>[] = [
  { weight: 5, arbitrary: calls('addresses.add', () => oneAddress) },
  { weight: 1, arbitrary: calls('addresses.replace', () => oneAddress) },
  { weight: 2, arbitrary: calls('addresses.delete', () => oneAddress) },
  { weight: 4, arbitrary: calls('routes.add', () => fc.tuple(route)) },
  { weight: 2, arbitrary: calls('routes.replace', () => fc.tuple(route)) },
  { weight: 1, arbitrary: calls('routes.append', () => fc.tuple(route)) },
  { weight: 2, arbitrary: calls('routes.delete', () => fc.tuple(selector)) },
  { weight: 2, arbitrary: calls('nexthops.add', () => fc.tuple(nexthop)) },
  { weight: 1, arbitrary: calls('nexthops.replace', () => fc.tuple(nexthop)) },
  { weight: 1, arbitrary: calls('nexthops.delete', () => fc.tuple(id)) },
  { weight: 2, arbitrary: calls('neighbors.add', () => fc.tuple(neighbor)) },
  { weight: 1, arbitrary: calls('neighbors.replace', () => fc.tuple(neighbor)) },
  { weight: 1, arbitrary: calls('neighbors.delete', () => fc.tuple(neighborKey)) },
  { weight: 2, arbitrary: calls('fdb.add', () => fc.tuple(entry)) },
  { weight: 1, arbitrary: calls('fdb.replace', () => fc.tuple(entry)) },
  { weight: 1, arbitrary: calls('fdb.append', () => fc.tuple(entry)) },
  { weight: 1, arbitrary: calls('fdb.delete', () => fc.tuple(entry)) },
];

/** Calls about many things, that take a look first, or that read. */
export const furtherAddressCalls: fc.WeightedArbitrary<Call>[] = [
  { weight: 2, arbitrary: calls('addresses.add', () => fc.oneof(manyAddresses, addressesOfOne)) },
  { weight: 1, arbitrary: calls('addresses.replace', () => manyAddresses) },
  { weight: 1, arbitrary: calls('addresses.delete', () => manyAddresses) },
  { weight: 2, arbitrary: calls('addresses.flush', () => fc.tuple(fc.record({ device }))) },
  { weight: 2, arbitrary: calls('addresses.list', () => fc.tuple(some({ device }))) },
  { weight: 2, arbitrary: calls('routes.add', () => fc.tuple(few(route))) },
  { weight: 1, arbitrary: calls('routes.replace', () => fc.tuple(few(route))) },
  { weight: 1, arbitrary: calls('routes.delete', () => fc.tuple(few(selector))) },
  {
    weight: 1,
    arbitrary: calls('routes.flush', () => fc.tuple(fc.oneof(fc.record({ device }), fc.record({ table })))),
  },
  { weight: 2, arbitrary: calls('routes.list', () => fc.tuple(fc.oneof(fc.record({ device }), fc.record({ table })))) },
  { weight: 1, arbitrary: calls('routes.get', () => fc.tuple(fc.constantFrom('10.8.0.1', '10.0.0.9'))) },
  { weight: 1, arbitrary: calls('nexthops.add', () => fc.tuple(few(nexthop))) },
  { weight: 1, arbitrary: calls('nexthops.delete', () => fc.tuple(few(id))) },
  { weight: 1, arbitrary: calls('nexthops.flush', () => fc.tuple(fc.record({ fdb: fc.constant(true) }))) },
  { weight: 1, arbitrary: calls('nexthops.list', () => fc.tuple(some({ fdb: fc.boolean() }))) },
  { weight: 1, arbitrary: calls('nexthops.get', () => fc.tuple(id)) },
  { weight: 1, arbitrary: calls('neighbors.add', () => fc.tuple(few(neighbor))) },
  { weight: 1, arbitrary: calls('neighbors.delete', () => fc.tuple(few(neighborKey))) },
  {
    weight: 1,
    arbitrary: calls('neighbors.flush', () => fc.tuple(fc.record({ device, state: fc.constant('permanent') }))),
  },
  { weight: 1, arbitrary: calls('neighbors.list', () => fc.tuple(some({ device }))) },
  {
    weight: 1,
    arbitrary: calls('neighbors.get', () => fc.tuple(destinationOfNeighbor, fc.record({ device }))),
  },
  { weight: 1, arbitrary: calls('fdb.add', () => fc.tuple(few(entry))) },
  { weight: 1, arbitrary: calls('fdb.delete', () => fc.tuple(few(entry))) },
  {
    weight: 1,
    arbitrary: calls('fdb.flush', () => fc.tuple(fc.oneof(fc.record({ master: bridge }), fc.record({ device: port })))),
  },
  { weight: 1, arbitrary: calls('fdb.list', () => fc.tuple(fc.record({ master: bridge }))) },
  { weight: 1, arbitrary: calls('fdb.get', () => fc.tuple(hardwareAddress, fc.record({ master: bridge }))) },
];

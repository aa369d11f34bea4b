import { requestsOf } from '../../lib/collections/link-creation';
import { address, deleteAddress, newAddress } from '../../lib/protocol/address';
import { fdbFields } from '../../lib/protocol/fdb-message';
import { deleteFdbEntry, newFdbEntry } from '../../lib/protocol/fdb';
import { changeLink, linkMessage } from '../../lib/protocol/link';
import { linkKinds } from '../../lib/protocol/link-kinds';
import { portProperties } from '../../lib/protocol/link-ports';
import { deleteNeighbor, neighbor, newNeighbor } from '../../lib/protocol/neighbor';
import type { Request } from '../../lib/protocol/netlink';
import { deleteNexthop, newNexthop } from '../../lib/protocol/nexthop';
import { nexthop } from '../../lib/protocol/nexthop-message';
import { deleteQdisc, getQdisc, newQdisc } from '../../lib/protocol/qdisc';
import { netemFields } from '../../lib/protocol/qdiscs/netem';
import { tbfFields } from '../../lib/protocol/qdiscs/tbf';
import { routes } from '../../lib/protocol/route-message';
import { deleteRoute, newRoute } from '../../lib/protocol/route-request';
import { deleteRule, newRule, rules } from '../../lib/protocol/rule';
import { encoded } from '../support/bytes';

/** What no property takes, and what does not become a text or a number without throwing. */
const strange: readonly unknown[] = [
  Symbol('strange'),
  {
    toString: () => {
      throw new Error('toString');
    },
    valueOf: () => {
      throw new Error('valueOf');
    },
  },
  Object.assign(Object.create(null) as object, { strange: 1 }),
  () => 1,
  new Map([['value', 1]]),
  new Date(0),
];

type Fields = Readonly<Record<string, { readOnly?: boolean; isKey?: boolean }>>;
type Verb = (options: never) => Request | readonly Request[];

const ofKinds = Object.entries(linkKinds).map(([kind, { data }]): [string, Fields, object, Verb] => [
  `a new ${kind}`,
  data.fields,
  { kind, name: 'x' },
  requestsOf,
]);
const keysOf = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, { isKey }]) => isKey));
const qdiscKeys = { device: {}, parent: {}, handle: {}, kind: {} };
const bucket = { device: 'x', kind: 'tbf', rate: 8e6, burst: 16384, limit: 65536, peakRate: 16e6, peakBurst: 1600 };

const ports = Object.fromEntries(portProperties.map((property) => [property, {}]));
const changed = (options: never) => changeLink('x', options);

test.each<[what: string, fields: Fields, options: object, verb: Verb]>([
  ['a new link', { ...linkMessage.fields, ...ports }, { kind: 'veth', name: 'x' }, requestsOf],
  ...ofKinds,
  ['a change of a link', { ...linkMessage.fields, ...ports }, {}, changed],
  ['an address', address.inet.fields, { device: 'x', address: '10.0.0.1/24' }, (o) => newAddress(o, 'add')],
  ['an IPv6 address', address.inet6.fields, { device: 'x', address: 'fd00::1/64' }, (o) => newAddress(o, 'add')],
  ['a route', routes.inet.fields, { destination: '10.0.0.0/8', device: 'x' }, (o) => newRoute(o, 'add')],
  ['a rule', rules.inet.fields, { table: 7 }, newRule],
  ['a neighbor', neighbor.inet.fields, { device: 'x', destination: '10.0.0.1' }, (o) => newNeighbor(o, 'add')],
  ['an fdb entry', fdbFields, { device: 'x', address: '02:00:00:00:00:01' }, (o) => newFdbEntry(o, 'add')],
  ['a nexthop', nexthop.fields, { device: 'x' }, (o) => newNexthop(o, 'add')],
  ['a qdisc', qdiscKeys, { device: 'x', kind: 'pfifo' }, (o) => newQdisc(o, 'add')],
  ['a tbf', tbfFields, bucket, (o) => newQdisc(o, 'add')],
  ['a netem', netemFields, { device: 'x', kind: 'netem', delay: 1, jitter: 1 }, (o) => newQdisc(o, 'add')],
  ['an address to delete', keysOf(address.inet.fields), { device: 'x', address: '10.0.0.1/24' }, deleteAddress],
  ['a route to delete', routes.inet.fields, { destination: '10.0.0.0/8' }, deleteRoute],
  ['a rule to delete', rules.inet.fields, { table: 7 }, deleteRule],
  ['a neighbor to delete', keysOf(neighbor.inet.fields), { device: 'x', destination: '10.0.0.1' }, deleteNeighbor],
  ['an fdb entry to delete', keysOf(fdbFields), { device: 'x', address: '02:00:00:00:00:01' }, deleteFdbEntry],
  ['a nexthop to delete', keysOf(nexthop.fields), { id: 1 }, deleteNexthop],
  ['a qdisc to delete', qdiscKeys, { device: 'x', parent: 'root' }, deleteQdisc],
  ['a qdisc to get', qdiscKeys, { device: 'x', parent: 'root' }, getQdisc],
])('every property of %s refuses strange values by its name', (_what, fields, options, verb) => {
  const wrong: unknown[] = [];
  for (const [name, { readOnly }] of Object.entries(fields)) {
    if (readOnly === true) continue;
    for (const value of strange) {
      const error = thrownByOrNone(() => {
        for (const request of [verb({ ...options, [name]: value } as never)].flat()) encoded(request.encode);
      }) as { property?: string; code?: string; message?: string } | undefined;
      const isNamed = error?.code !== undefined && (error.property ?? '').startsWith(name);
      if (!isNamed) wrong.push([name, value, error?.message]);
    }
  }

  expect(wrong).toEqual([]);
});

function thrownByOrNone(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

import { hostNamespace } from '../../lib';
import { address } from '../../lib/protocol/address';
import { fdb } from '../../lib/protocol/fdb-message';
import { neighbor } from '../../lib/protocol/neighbor';
import { nexthop } from '../../lib/protocol/nexthop-message';
import { connection } from '../../lib/protocol/netfilter/conntrack/connection-fields';
import { qdisc } from '../../lib/protocol/qdisc';
import { routes } from '../../lib/protocol/route-message';
import { rules } from '../../lib/protocol/rule';

// A property that is undefined by mistake would have something else deleted, or more: it is refused before anything is sent.
jest.mock('../../lib/native', () => ({
  ...jest.requireActual<object>('../../lib/native'),
  startRuntime: () => {
    throw new Error('the addon was loaded');
  },
}));

interface Family {
  /** What can be deleted. */
  good: object;
  fields: object;
  /** Beside the fields. */
  more?: readonly string[];
  /** What the kernel does not look at, as the descriptions of `delete` and of the properties say. */
  passedOver: readonly string[];
}

const MAC = '02:00:00:00:00:01';
const ofRoutes = ['flags', 'expires', 'preference'];

const families: Record<string, Family> = {
  addresses: {
    good: { device: 'lo', address: '10.0.0.1/24' },
    fields: address.inet.fields,
    passedOver: ['broadcast', 'label', 'scope', 'flags', 'validLifetime', 'preferredLifetime', 'metric', 'protocol'],
  },
  'routes of IPv4': {
    good: { destination: '10.0.0.0/24', device: 'lo' },
    fields: routes.inet.fields,
    passedOver: ofRoutes,
  },
  'routes of IPv6': {
    good: { destination: '2001:db8::/64', device: 'lo' },
    fields: routes.inet6.fields,
    passedOver: [...ofRoutes, 'type', 'scope', 'preferredSource', 'metrics'],
  },
  rules: { good: { priority: 7, table: 100 }, fields: rules.inet.fields, passedOver: ['invert', 'goto'] },
  neighbors: {
    good: { device: 'lo', destination: '10.0.0.1' },
    fields: neighbor.inet.fields,
    passedOver: ['linkLayerAddress', 'state', 'protocol'],
  },
  fdb: { good: { device: 'lo', address: MAC }, fields: fdb.fields, passedOver: ['state', 'protocol', 'activity'] },
  conntrack: {
    good: {
      protocol: 'tcp',
      original: { source: '10.1.0.2', destination: '192.0.2.2', sourcePort: 4711, destinationPort: 80 },
    },
    fields: connection.fields,
    passedOver: Object.keys(connection.fields).filter(
      (name) => !['family', 'protocol', 'original', 'reply', 'zone', 'id'].includes(name),
    ),
  },
  nexthops: {
    good: { id: 1 },
    fields: nexthop.fields,
    passedOver: Object.keys(nexthop.fields).filter((name) => name !== 'id'),
  },
  qdiscs: {
    good: { device: 'lo', parent: 'root' },
    fields: qdisc.fields,
    more: ['kind'],
    passedOver: ['ingressBlock', 'egressBlock'],
  },
};

const host = hostNamespace();

function deletion(family: string): (what: object) => Promise<void> {
  const collection = host[family.split(' ')[0] as 'rules'];
  return (what) => collection.delete(what);
}

const cases = Object.entries(families).flatMap(([family, { good, fields, more = [], passedOver }]) =>
  [
    ...Object.entries(fields as Record<string, { readOnly: boolean }>),
    ...more.map((name) => [name, undefined] as const),
  ]
    .filter(([name, field]) => field?.readOnly !== true && !passedOver.includes(name))
    .map(([name]) => [family, name, good] as const),
);

test('each collection that has a `delete` is here, but links, whose `delete` takes references', () => {
  const names = Object.keys(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(host) as object)).filter((name) => {
    try {
      return 'delete' in (host[name as 'rules'] as object);
    } catch {
      return false;
    }
  });

  expect(names.filter((name) => name !== 'links').sort()).toEqual(
    [...new Set(Object.keys(families).map((name) => name.split(' ')[0]!))].sort(),
  );
});

test.each(cases)('of %s: %s', async (family, name, good) => {
  const wrong = { ...good, [name]: undefined };

  await expect(deletion(family)(wrong)).rejects.toMatchObject({ name: 'TypeError', property: name });
  await expect(deletion(family)([good, wrong] as never)).rejects.toMatchObject({
    name: 'TypeError',
    property: `[1].${name}`,
  });
});

test.each(Object.entries(families))(
  'what is passed over may be undefined: %s',
  async (family, { good, passedOver }) => {
    for (const name of passedOver) {
      await expect(deletion(family)({ ...good, [name]: undefined })).rejects.toThrow('the addon was loaded');
    }
  },
);

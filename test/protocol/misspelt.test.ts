import { deleteAddress, newAddress } from '../../lib/protocol/address';
import { newFdbEntry } from '../../lib/protocol/fdb';
import { changeLink, newLink } from '../../lib/protocol/link';
import { checkChangeable } from '../../lib/protocol/link-changeable';
import { newNeighbor } from '../../lib/protocol/neighbor';
import type { Request } from '../../lib/protocol/netlink';
import { deleteNexthop, newNexthop } from '../../lib/protocol/nexthop';
import { deleteQdisc, newQdisc } from '../../lib/protocol/qdisc';
import { deleteRoute, newRoute } from '../../lib/protocol/route-request';
import { deleteRule, newRule } from '../../lib/protocol/rule';
import { thrownBy } from '../support/bytes';
import { bytesOf } from '../support/golden';

const requests: Record<string, (given: never) => Request> = {
  'links.add': newLink,
  'addresses.add': (given) => newAddress(given, 'add'),
  'addresses.delete': deleteAddress,
  'routes.add': (given) => newRoute(given, 'add'),
  'routes.delete': deleteRoute,
  'rules.add': newRule,
  'rules.delete': deleteRule,
  'neighbors.add': (given) => newNeighbor(given, 'add'),
  'fdb.add': (given) => newFdbEntry(given, 'add'),
  'nexthops.add': (given) => newNexthop(given, 'add'),
  'nexthops.replace': (given) => newNexthop(given, 'replace'),
  'nexthops.delete': deleteNexthop,
  'qdiscs.add': (given) => newQdisc(given, 'add'),
  'qdiscs.delete': deleteQdisc,
};

const destination = '10.0.0.0/8';

// In each what was meant is missing, and is needed.
test.each<[verb: string, given: object, property: string, meant: string]>([
  ['links.add', { knd: 'veth' }, 'knd', 'kind'],
  ['links.add', { knd: 'bridge', name: 'br0' }, 'knd', 'kind'],
  ['links.add', { naem: 'br0' }, 'naem', 'name'],
  ['links.add', { kind: 'veth', masterPort: { knd: 'team' } }, 'masterPort.knd', 'kind'],
  ['links.add', { kind: 'veth', peer: { naem: 'v1' } }, 'peer.naem', 'name'],
  ['addresses.add', { device: 'v0', adress: '10.0.0.1/24' }, 'adress', 'address'],
  ['addresses.add', { devise: 'v0', address: '10.0.0.1/24' }, 'devise', 'device'],
  ['addresses.delete', { devise: 'v0', address: '10.0.0.1/24' }, 'devise', 'device'],
  ['routes.add', { destinaton: destination }, 'destinaton', 'destination'],
  ['routes.add', { destination, nexthops: [{ gateway: '10.0.0.1' }, { wieght: 2 }] }, 'nexthops[1].wieght', 'weight'],
  ['routes.add', { destination, nexthops: [{ devise: 'v0' }] }, 'nexthops[0].devise', 'device'],
  ['routes.add', { destination, nexthops: [{ flgs: ['onlink'] }] }, 'nexthops[0].flgs', 'flags'],
  ['routes.add', { destination, nexthops: [{ gatway: '10.0.0.1' }] }, 'nexthops[0].gatway', 'gateway'],
  ['routes.add', { destination, encap: { tpye: 'mpls', labels: [7] } }, 'encap.tpye', 'type'],
  ['routes.delete', { destinaton: destination, metric: 0 }, 'destinaton', 'destination'],
  ['rules.add', { priorty: 7 }, 'priorty', 'priority'],
  ['rules.delete', { priorty: 7 }, 'priorty', 'priority'],
  ['neighbors.add', { devise: 'v0', destination: '10.0.0.1' }, 'devise', 'device'],
  ['fdb.add', { devise: 'v0', address: '02:00:00:00:00:01' }, 'devise', 'device'],
  ['fdb.add', { master: 'br0', adress: '02:00:00:00:00:01', vni: 7 }, 'adress', 'address'],
  ['nexthops.add', { id: 1, devise: 'v0' }, 'devise', 'device'],
  ['nexthops.add', { id: 1, gatway: '10.0.0.1', fdb: true }, 'gatway', 'gateway'],
  ['nexthops.add', { group: [{ id: 1 }], resilient: { bukets: 8 } }, 'resilient.bukets', 'buckets'],
  ['nexthops.add', { gruop: [{ id: 1 }], groupType: 'mpath' }, 'gruop', 'group'],
  ['nexthops.replace', { idd: 1, blackhole: true }, 'idd', 'id'],
  ['nexthops.delete', { idd: 1 }, 'idd', 'id'],
  ['qdiscs.add', { devise: 'v0', kind: 'tbf' }, 'devise', 'device'],
  ['qdiscs.add', { device: 'v0', kidn: 'pfifo' }, 'kidn', 'kind'],
  ['qdiscs.add', { device: 'v0', kind: 'tbf', rtae: 8e6 }, 'rtae', 'rate'],
  ['qdiscs.delete', { device: 'v0', parnt: 'root' }, 'parnt', 'parent'],
])('%s(%j) is told what is meant, not what is missing', (verb, given, property, meant) => {
  expect(thrownBy(() => bytesOf(requests[verb]!(given as never)))).toMatchObject({
    name: 'RangeError',
    message: `${property}: is not a property known here: did you mean '${meant}'?`,
  });
});

test.each<[verb: string, given: object, message: string | RegExp]>([
  ['links.add', { name: 'a/b' }, /^name: must not contain/],
  ['nexthops.add', { id: 0 }, /^id: must be a whole number/],
  ['nexthops.add', { group: 7, resilient: true }, /^group: must be an array/],
  ['nexthops.add', { group: [{ id: 1 }], resilient: true }, 'resilient: must be an object, not true'],
  [
    'nexthops.add',
    { id: 1, via: '10.0.0.1', device: 'v0' },
    "via: is not a property known here: did you mean 'gateway'\\?",
  ],
  ['rules.delete', { protocol: 'bpg' }, /^protocol: must be one of/],
  ['qdiscs.delete', { device: '' }, /^device: must/],
])('%s(%j) is told of the value that is wrong first', (verb, given, message) => {
  const error = thrownBy(() => bytesOf(requests[verb]!(given as never))) as Error;

  expect(error.message).toMatch(typeof message === 'string' ? new RegExp(`^${message}$`) : message);
});

test('what was listed may have attributes that are not known, in hops as well', () => {
  const unknownAttributes = [{ type: 99, data: new Uint8Array(4) }];
  const hop = { gateway: '10.0.0.1', device: 7, weight: 1, flags: [] };

  expect(bytesOf(newRoute({ destination, nexthops: [{ ...hop, unknownAttributes } as never] }, 'add'))).toEqual(
    bytesOf(newRoute({ destination, nexthops: [hop] }, 'add')),
  );
});

test.each<[port: object, message: string]>([
  [{ kind: 'team', daat: new Uint8Array(4) }, "masterPort.daat: is not a property known here: did you mean 'data'?"],
  [{ kind: 'team' }, 'masterPort.data: must be given: nothing else is changed'],
  [{ knd: 'team' }, "masterPort.knd: is not a property known here: did you mean 'kind'?"],
])('a change of %j is told what is meant', (masterPort, message) => {
  const change = () => {
    checkChangeable({ masterPort });
    bytesOf(changeLink('v0', { masterPort } as never));
  };

  expect(thrownBy(change)).toMatchObject({ message });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { listAddresses } from '../../lib/protocol/address';
import { listFdb } from '../../lib/protocol/fdb';
import { listLinks } from '../../lib/protocol/link';
import { listNeighbors } from '../../lib/protocol/neighbor';
import { listNexthops } from '../../lib/protocol/nexthop';
import { listNexthopBuckets } from '../../lib/protocol/nexthop-bucket';
import { listQdiscs } from '../../lib/protocol/qdisc';
import { listRoutes } from '../../lib/protocol/route';
import { listRules } from '../../lib/protocol/rule';
import { thrownBy } from '../support/bytes';

const lists: Readonly<Record<string, (filter: never) => unknown>> = {
  links: listLinks,
  addresses: listAddresses,
  routes: listRoutes,
  rules: listRules,
  neighbors: listNeighbors,
  fdb: listFdb,
  nexthops: listNexthops,
  'nexthops.listBuckets': listNexthopBuckets,
  qdiscs: listQdiscs,
};

const page = readFileSync(path.join(__dirname, '../../docs/filters.md'), 'utf8');

/** The words in code in each row of the table: the list, and its filters. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1]!));

test.each(Object.entries(lists))('docs/filters.md has the filters of %s', (what, list) => {
  const { message } = thrownBy(() => list({ zzz: 1 } as never)) as Error;
  const declared = message.replace(/^.*the filters are /, '').split(', ');
  const [, ...written] = rows.find(([name]) => name === what) ?? [];

  expect(written.sort()).toEqual(declared.sort());
});

test('docs/filters.md has no other list', () => {
  expect(rows.map(([name]) => name)).toEqual(Object.keys(lists));
});

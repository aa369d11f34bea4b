import { readFileSync } from 'node:fs';
import path from 'node:path';

import { thrownBy } from '../support/bytes';
import { filteredLists } from '../support/filtered-lists';

const page = readFileSync(path.join(__dirname, '../../docs/filters.md'), 'utf8');

/** The words in code in each row of the table: the list, and its filters. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1]!));

/** By what a user calls them. */
const called: Readonly<Record<string, string>> = {
  'a forwarding table': 'fdb',
  buckets: 'nexthops.listBuckets',
  connections: 'conntrack',
  expectations: 'conntrack.expectations',
};
const lists = Object.entries(filteredLists).map(([what, list]) => [called[what] ?? what, list] as const);

test.each(lists)('docs/filters.md has the filters of %s', (what, list) => {
  const { message } = thrownBy(() => list({ zzz: 1 } as never)) as Error;
  const declared = message.replace(/^.*the filters are /, '').split(', ');
  const [, ...written] = rows.find(([name]) => name === what) ?? [];

  expect(written.sort()).toEqual(declared.sort());
});

test('docs/filters.md has no other list', () => {
  expect(rows.map(([name]) => name)).toEqual(lists.map(([name]) => name));
});

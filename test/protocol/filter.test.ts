import { thrownBy } from '../support/bytes';
import { filteredLists } from '../support/filtered-lists';

test.each(Object.keys(filteredLists))('a filter of %s is an object', (what) => {
  for (const filter of [null, 'eth0', ['eth0'], 7]) {
    expect(thrownBy(() => filteredLists[what]!(filter as never))).toMatchObject({
      name: 'TypeError',
      property: 'filter',
    });
  }
});

test.each(Object.keys(filteredLists))('what is not a filter of %s is refused, whatever it holds', (what) => {
  for (const filter of [{ hasOwnProperty: 1 }, { zzz: undefined }]) {
    const name = Object.keys(filter)[0]!;
    expect(thrownBy(() => filteredLists[what]!(filter as never))).toMatchObject({
      name: 'RangeError',
      property: name,
      message: expect.stringContaining(`${name}: is not a filter of ${what}; the filters are `) as string,
    });
  }
});

test.each<[what: string, given: string, meant: string]>([
  ['links', 'mater', 'master'],
  ['links', 'knid', 'kind'],
  ['links', 'statistic', 'statistics'],
  ['addresses', 'devcie', 'device'],
  ['routes', 'protocl', 'protocol'],
  ['rules', 'prioritiy', 'priority'],
  ['neighbors', 'proxi', 'proxy'],
  ['a forwarding table', 'vlna', 'vlan'],
  ['nexthops', 'gatway', 'gateway'],
  ['nexthops', 'group', 'groups'],
  ['buckets', 'nexthpo', 'nexthop'],
  ['qdiscs', 'parnet', 'parent'],
])('a misspelt filter of %s, %s, is told what is near', (what, given, meant) => {
  expect(thrownBy(() => filteredLists[what]!({ [given]: 1 } as never))).toMatchObject({
    message: `${given}: is not a filter of ${what}: did you mean '${meant}'?`,
  });
});

const links = {
  links: ['master'],
  neighbors: ['device', 'master'],
  nexthops: ['device', 'master'],
  qdiscs: ['device'],
};

test.each(Object.entries(links))('a link by which %s are filtered is one', (what, names) => {
  for (const name of names) {
    expect(thrownBy(() => filteredLists[what]!({ [name]: 0 } as never))).toMatchObject({
      name: 'RangeError',
      property: name,
    });
    expect(thrownBy(() => filteredLists[what]!({ [name]: null } as never))).toMatchObject({
      name: 'TypeError',
      property: name,
    });
  }
});

test.each<[what: string, name: string]>([
  ['links', 'statistics'],
  ['links', 'addressFamilies'],
  ['neighbors', 'proxy'],
  ['nexthops', 'groups'],
  ['nexthops', 'statistics'],
])('of %s, %s is true or false', (what, name) => {
  expect(thrownBy(() => filteredLists[what]!({ [name]: 'yes' } as never))).toMatchObject({
    name: 'TypeError',
    message: `${name}: must be true or false, not 'yes'`,
  });
});

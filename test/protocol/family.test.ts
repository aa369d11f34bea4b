import { checkAwaitedAddresses } from '../../lib/collections/address-wait';
import { listAddresses } from '../../lib/protocol/address';
import { familyNumber, familyOption } from '../../lib/protocol/family';
import { listNeighbors } from '../../lib/protocol/neighbor';
import { listRoutes } from '../../lib/protocol/route';
import { deleteRoute, newRoute } from '../../lib/protocol/route-request';
import { amidst, bytes, thrownBy } from '../support/bytes';
import { bytesOf } from '../support/golden';

test.each([
  ['inet', 'inet', 2],
  [4, 'inet', 2],
  ['inet6', 'inet6', 10],
  [6, 'inet6', 10],
  [undefined, undefined, 0],
] as const)('the family %p is %p, to the kernel %p', (family, word, number) => {
  expect(familyOption(family)).toBe(word);
  expect(familyNumber(family)).toBe(number);
});

/** Each takes the family as an option, and writes it first. */
const requests: [string, (family: never) => Uint8Array][] = [
  ['addresses listed', (family) => bytesOf(listAddresses({ family }))],
  ['neighbors listed', (family) => bytesOf(listNeighbors({ family }))],
  ['routes listed', (family) => bytesOf(listRoutes({ family }))],
  ['a route added', (family) => bytesOf(newRoute({ destination: 'default', device: 1, family }, 'add'))],
  ['a route deleted', (family) => bytesOf(deleteRoute({ destination: 'default', family }))],
];

describe.each(requests)('of %s', (_what, bytesWith) => {
  test("Node's numbers are the words", () => {
    const familyIn = (family: unknown) => bytesWith(family as never)[16];

    expect([familyIn(4), familyIn(6)]).toEqual([2, 10]);
    expect([familyIn('inet'), familyIn('inet6')]).toEqual([2, 10]);
  });

  // 2 and 10 are the kernel's numbers, 0 is that of all families.
  test.each([2, 10, 0, 7, Number.NaN, 'ipv4', '4', ''])('%p is refused', (family) => {
    const error = thrownBy(() => bytesWith(family as never));

    expect(error).toMatchObject({ name: 'RangeError', property: 'family' });
    expect(error).toHaveProperty('message', expect.stringContaining("family: must be 'inet' or 4, 'inet6' or 6, not "));
  });

  test.each([null, true, ['inet']])('%p is of the wrong type', (family) => {
    expect(thrownBy(() => bytesWith(family as never))).toMatchObject({ name: 'TypeError', property: 'family' });
  });
});

// As a kernel without IPv6 answers, which passes the question on to all families.
test.each([
  ['addresses', (family: 4 | 6) => listAddresses({ family }), 8],
  ['neighbors', (family: 4 | 6) => listNeighbors({ family }), 12],
  ['routes', (family: 4 | 6) => listRoutes({ family }), 12],
] as const)('%s of another family than was asked for are left out', (_what, list, size) => {
  const row = (family: number) => amidst(bytes(family, new Uint8Array(size - 1)));
  const isListed = (asked: 4 | 6, { source, start, end }: ReturnType<typeof row>) =>
    list(asked).decode(source, start, end) !== undefined;

  expect(isListed(4, row(2))).toBe(true);
  expect(isListed(6, row(2))).toBe(false);
  expect(isListed(4, row(10))).toBe(false);
  expect(isListed(6, row(10))).toBe(true);
});

test('addresses that are waited for may have their family by its number', () => {
  const check = (address: string, family: unknown) => () => {
    checkAwaitedAddresses({ device: 'eth0', address, family: family as never });
  };

  expect(check('10.0.0.1', 4)).not.toThrow();
  expect(check('2001:db8::1', 6)).not.toThrow();
  expect(thrownBy(check('2001:db8::1', 4))).toMatchObject({ name: 'RangeError', property: 'family' });
  expect(thrownBy(check('10.0.0.1', 2))).toMatchObject({ name: 'RangeError', property: 'family' });
});

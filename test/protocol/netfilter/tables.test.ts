import { ERRNO } from '../../../lib/errno';
import { newTable } from '../../../lib/protocol/netfilter/nftables/table';

const shop = { family: 'inet', name: 'shop' } as const;
const persist = { ...shop, flags: ['persist'] } as const;

test.each([
  ["'persist'", persist, false, ERRNO.EOPNOTSUPP, 'flags', "no 'persist' (since Linux 6.9)"],
  ["'persist' of an owner", persist, true, ERRNO.EOPNOTSUPP, 'flags', "no 'persist' (since Linux 6.9)"],
  ['an owner', shop, true, ERRNO.EOPNOTSUPP, 'flags', "no 'owner' (since Linux 5.12)"],
  ['an owner, which older ones refuse otherwise', shop, true, ERRNO.EINVAL, 'flags', "no 'owner' (since Linux 5.12)"],
  ['the family', shop, false, ERRNO.EOPNOTSUPP, 'family', "no nf_tables of the family 'inet'"],
])('a kernel without %s is told of where a table is refused', (_, table, isOwned, errno, property, text) => {
  const hint = newTable(table, isOwned).hint!(errno, undefined);

  expect(hint).toEqual({ property, text: expect.stringContaining(text) as string });
});

test('there is no hint where the number says nothing of the kernel', () => {
  expect(newTable(shop).hint!(ERRNO.EINVAL, undefined)).toBeUndefined();
  expect(newTable(shop, true).hint!(ERRNO.EPERM, undefined)).toBeUndefined();
});

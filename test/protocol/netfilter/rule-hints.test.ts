import { ERRNO } from '../../../lib/errno';
import { newRule } from '../../../lib/protocol/netfilter/nftables/rule';
import type { NftKey } from '../../../lib/protocol/netfilter/nftables/statements/statement';

const hintOf = (key: NftKey) => {
  const statements = [{ update: { set: 's', key } }];
  const request = newRule({ family: 'inet', table: 't', chain: 'c', statements }).at(-1)!;
  return request.hint!(ERRNO.EOPNOTSUPP, undefined, undefined, 'statements[0]');
};

test('a kernel that refuses a rule with a long shift may not shift so much', () => {
  const hint = hintOf({ of: { ip6: 'source' }, shiftRight: 16 });

  expect(hint).toEqual({ text: 'this kernel may not move the bits of values of 16 bytes' });
});

test('of a short shift the set is what may be wrong', () => {
  const hint = hintOf({ of: { ip: 'source' }, shiftRight: 16 });

  expect(hint).toEqual({ text: "the set 's' has to have flags: ['dynamic']" });
});

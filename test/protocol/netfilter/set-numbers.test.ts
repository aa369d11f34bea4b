import { returnWriter, sourceOf, takeWriter } from '../../../lib/codec';
import { newRule } from '../../../lib/protocol/netfilter/nftables/rule';
import { setMessage } from '../../../lib/protocol/netfilter/nftables/sets/messages';
import { newSet } from '../../../lib/protocol/netfilter/nftables/sets/set';
import type { Request } from '../../../lib/protocol/netlink';

const where = { family: 'inet', table: 't' } as const;

/** The number of a set in the request that makes it. */
function numberIn(request: Request): number | undefined {
  const writer = takeWriter();
  request.encode(writer);
  const { id } = setMessage.decode(sourceOf(writer.bytes), 0, writer.position);
  returnWriter(writer);
  return id;
}

// In a file of its own, where numbers begin.
test('sets with and without names have different numbers in a batch', () => {
  const rule = { ...where, chain: 'c', statements: [{ match: { mark: [1, 2] } }] } as const;
  const requests = [newSet({ ...where, name: 's', key: 'mark' }), newRule(rule), newRule(rule)].map(
    ([first]) => first!,
  );

  const numbers = requests.map(numberIn);

  expect(new Set(numbers).size).toBe(3);
  expect(numbers).not.toContain(undefined);
});

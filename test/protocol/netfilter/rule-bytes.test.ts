import { newRule } from '../../../lib/protocol/netfilter/nftables/rule';
import type { NftRuleOptions } from '../../../lib/protocol/netfilter/nftables/rule-options';
import { encoded, thrownBy } from '../../support/bytes';

const place = { family: 'inet', table: 'shop', chain: 'post' } as const;

/** Those of which most is said before: other values of one length, other lengths, and what many rules have. */
const statements: NftRuleOptions['statements'][] = [
  ['accept'],
  ['counter', 'drop'],
  [{ match: { ip: { source: '10.0.0.1' } } }, 'counter', 'accept'],
  [{ match: { ip: { source: '10.0.0.2' } } }, { match: { tcp: { destinationPort: 80 } } }, 'accept'],
  [{ match: { ip: { source: { not: '10.0.0.2' } } } }, { jump: 'other' }],
  [{ match: { ip: { source: '10.1.0.0/16' } } }, { goto: 'another' }],
  [{ match: { ip6: { destination: '2001:db8::1' } } }, 'return'],
  [{ match: { outputDevice: 'eth0' } }, { match: { mark: 5 } }, 'masquerade'],
  [{ match: { outputDevice: 'lo' } }, { match: { mark: { atLeast: 6 } } }, 'redirect'],
  [{ match: { ether: { source: '02:00:00:00:00:01' } } }, 'log', 'notrack', 'reject', 'continue'],
];

const bytesOf = (options: NftRuleOptions) =>
  newRule(options).map((request) => {
    return encoded((writer) => {
      request.encode(writer);
    });
  });

/** The same with a property that has no value, which takes the way of rules of which more is said. */
const atLength = (options: NftRuleOptions): NftRuleOptions => ({ ...options, position: undefined });

test.each(['once', 'again'])('what most rules say is encoded as what others say, %s', () => {
  for (const each of statements) {
    for (const comment of [undefined, 'one', 'another']) {
      for (const at of [place, { ...place, chain: 'pre' }, { ...place, table: 'other', family: 'netdev' as const }]) {
        const options = { ...at, statements: each, ...(comment !== undefined && { comment }) };
        if (at.family === 'netdev' && !isForAny(each)) continue;

        expect(bytesOf(options)).toEqual(bytesOf(atLength(options)));
      }
    }
  }
});

/** Whether statements can stand in any family. */
function isForAny(each: NftRuleOptions['statements']): boolean {
  return each.every((one) => typeof one === 'string' && ['accept', 'counter', 'drop'].includes(one));
}

test('what is written over a template is the value, and nothing of the one before', () => {
  const ofSource = (source: string) => bytesOf({ ...place, statements: [{ match: { ip: { source } } }] })[0]!;
  const [one, other] = ['10.9.8.7', '10.0.0.1'].map(ofSource);
  const differing = [...one!].filter((byte, index) => byte !== other![index]);

  expect(differing).toEqual([9, 8, 7]);
  expect(ofSource('10.9.8.7')).toEqual(one);
});

const wrong: [string, object][] = [
  ['a chain without a name', { chain: '' }],
  ['no chain', { chain: undefined }],
  ['a table that is a number', { table: 5 }],
  ['a comment that is too long', { comment: 'x'.repeat(200) }],
  ['a chain to jump to without a name', { statements: ['counter', { jump: '' }] }],
  ['a name to jump to that is too long', { statements: ['counter', { jump: 'x'.repeat(300) }] }],
];

test.each(wrong)('%s is refused alike', (_what, part) => {
  const options = { ...place, statements: ['counter'], ...part } as unknown as NftRuleOptions;
  const [usual, other] = [options, atLength(options)].map((each) => thrownBy(() => newRule(each)) as Error);

  expect(usual).toMatchObject({ message: other!.message, property: (other as { property?: unknown }).property });
});

import { actions } from '../support/nft-rules/actions';
import { changes } from '../support/nft-rules/changes';
import { computed } from '../support/nft-rules/computed';
import { headers } from '../support/nft-rules/headers';
import { lookUps } from '../support/nft-rules/look-ups';
import { options } from '../support/nft-rules/options';
import { packet } from '../support/nft-rules/packet';
import { placeOf, TABLES } from '../support/nft-rules/rule-case';
import { setsAndMaps } from '../support/nft-rules/sets-and-maps';
import { writes } from '../support/nft-rules/writes';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const nat = feature(
  'nf_tables with NAT',
  'nft add table ip t; nft add chain ip t c "{ type nat hook postrouting priority 100; }"',
);

const groups = { headers, packet, options, computed, setsAndMaps, lookUps, changes, writes, actions };

/** How often each rule is there, so that what it consists of is seen again. */
const TIMES = [1, 2, 3];

/** Changes everything that a caller can change. */
function spoil(value: unknown): void {
  if (Object.isFrozen(value)) return;
  if (value instanceof Uint8Array) {
    value.fill(0xee);
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) spoil(inner);
    const own = value as Record<string, unknown>;
    for (const name of Object.keys(own)) if (typeof own[name] !== 'object') own[name] = 'spoilt';
    if (Array.isArray(value)) value.push('spoilt');
  }
}

describeKernel('rows of packet rules', [nat, requiresOracle('nft')], () => {
  test.each(Object.keys(groups))(
    'are nobody else: %s are listed as before when a list of them was changed',
    async (name) => {
      await using namespace = await scratchNamespace();
      await run(namespace, 'nft', [TABLES]);
      const { nftables } = namespace;
      const added = groups[name as 'headers'].map(([where, text]) => {
        const { family, table, chain } = placeOf(where);
        return `add rule ${family} ${table} ${chain} ${text}`;
      });
      for (const _ of TIMES) await run(namespace, 'nft', [added.join('\n')]);

      const rules = await nftables.rules.list();
      const before = structuredClone(rules);
      spoil(rules);

      expect(before).toHaveLength(TIMES.length * added.length);
      expect(await nftables.rules.list()).toEqual(before);
    },
  );

  test('have no part twice: what a rule does twice without words are two objects', async () => {
    await using namespace = await scratchNamespace();
    const { nftables } = namespace;
    await nftables.batch((nft) => {
      nft.tables.add({ family: 'inet', name: 't' }).chains.add({ name: 'c' });
    });
    const put = { kind: 'immediate', into: 2, value: { value: Uint8Array.of(1, 2, 3, 4) } } as const;
    const rule = { family: 'inet', table: 't', chain: 'c', statements: [{ expressions: [put, put] }] } as const;
    for (const _ of TIMES) await nftables.rules.add(rule);

    const [listed] = (await nftables.rules.list()).slice(-1);
    const { expressions } = listed!.statements[0] as { expressions: (typeof put)[] };
    expressions[0]!.value.value.fill(9);

    expect(expressions[1]!.value.value).toEqual(Uint8Array.of(1, 2, 3, 4));
  });
});

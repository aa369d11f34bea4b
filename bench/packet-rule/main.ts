import assert from 'node:assert/strict';
import path from 'node:path';

import { hostNamespace, type NftRuleOptions } from 'rtnetlink';

import type { Findings } from '../findings';
import { run } from '../host';
import { measurePart, type PartOptions } from '../part';
import { measureSmallRequests } from '../small-requests';

const RULES = 1000;
const RULE = {
  ...{ family: 'inet', table: 'shop', chain: 'c' },
  statements: [
    { match: { ip: { source: '10.0.0.1' } } },
    { match: { tcp: { destinationPort: 80 } } },
    ...(['counter', 'accept'] as const),
  ],
} as const satisfies NftRuleOptions;

const NFPROTO_INET = '1';
const floor = [path.join(__dirname, 'floor'), NFPROTO_INET, RULE.table, RULE.chain];

/** One packet rule added again and again, each by a call of its own, beside a C program that sends the same bytes. */
async function measurePacketRule(options: PartOptions): Promise<Findings> {
  const { nftables } = hostNamespace();
  await check();
  const findings = await measureSmallRequests(options, {
    ...{ count: RULES, floor, ask: () => nftables.rules.add(RULE), prepare: startAnew },
    ...{ many: 'packet rules, each by a call of its own', one: 'a packet rule that is added' },
  });
  await run('nft', 'flush', 'ruleset');
  return findings;
}

/** What a rule costs the kernel grows with those that its chain has. */
async function startAnew(): Promise<void> {
  await run('nft', 'flush', 'ruleset');
  await run('nft', 'add', 'table', 'inet', RULE.table);
  await run('nft', 'add', 'chain', 'inet', RULE.table, RULE.chain);
}

/** Throws unless both add what nft shows as one and the same rule. */
async function check(): Promise<void> {
  await startAnew();
  await run(floor[0]!, ...floor.slice(1), '1');
  await hostNamespace().nftables.rules.add(RULE);
  const shown = JSON.parse(await run('nft', '-j', 'list', 'ruleset')) as { nftables: { rule?: { expr: unknown } }[] };
  const [one, other, ...more] = shown.nftables.flatMap(({ rule }) => (rule === undefined ? [] : [rule.expr]));
  assert.equal(more.length, 0);
  assert.deepEqual(one, other);
}

measurePart(measurePacketRule);

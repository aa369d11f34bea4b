import { createRequire } from 'node:module';

import type { NetworkNamespace } from '../../lib';
import { pairs, writeCalls, type Pair } from '../../scripts/side-by-side';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { rowsOf, rulesetOf, tableTraitsOf } from '../support/nft-ruleset';
import { run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

type Call = (host: NetworkNamespace) => Promise<unknown>;
type Case = [command: string, setting: string, call: Call];

const calls = createRequire(__filename)(writeCalls()) as Call[];
const cases = pairs().map(({ command, setting }: Pair, index): Case => [command, setting, calls[index]!]);

/** Those that print something, and what of it the call tells. */
const READING = /^nft (-a )?(list|get|reset) |^iptables -L /;
const OF_ELEMENTS = /^nft (list set|get element) /;
const OF_RULES = /^nft -a list chain |^iptables -L /;

/** What iptables does with the tables of the page itself; all else is what iptables-translate makes of it. */
const DONE_BY_IPTABLES = /^ip6?tables -[DFNPXZ] /;

const nftables = feature(
  'nf_tables with NAT, sets and what reads a route',
  `nft add table inet t
   nft add chain inet t c "{ type nat hook postrouting priority 100; }"
   nft add chain inet t p "{ type filter hook prerouting priority 0; }"
   nft add rule inet t p fib daddr type local
   nft add rule inet t c masquerade`,
);

describeKernel(
  'a command and the call beside it',
  [requiresOracle('nft'), requiresOracle('iptables-translate'), requiresOracle('iptables-nft'), nftables],
  () => {
    test.each(cases.filter(([command]) => !/ (list|get|-L) /.test(command)))(
      'change the same: %s',
      async (command, setting, call) => {
        await using theirs = await prepared(setting);
        await using ours = await prepared(setting);
        const before = await stateOf(theirs);

        for (const line of await linesOf(theirs, command)) await run(theirs, 'sh', ['-ec', line]);
        await call(ours);

        const expected = await stateOf(theirs);
        expect(expected).not.toEqual(before);
        expect(await stateOf(ours)).toEqual(expected);
      },
    );

    test.each(cases.filter(([command]) => READING.test(command)))(
      'tell the same: %s',
      async (command, setting, call) => {
        await using theirs = await prepared(setting);
        await using ours = await prepared(setting);

        const lines = await linesOf(theirs, command);
        const shown = await run(theirs, 'sh', ['-ec', lines.join('\n').replaceAll(/^nft (?!get)/gm, 'nft -j ')]);
        const told = (await call(ours)) as Row[];

        expect(told).not.toEqual([]);
        if (OF_ELEMENTS.test(command)) expect(told.map(({ key }) => String(key)).sort()).toEqual(elementsIn(shown));
        else
          expect(byHandle(told.map(comparable))).toEqual(
            byHandle(objectsIn(shown, OF_RULES.test(command)).map(comparable)),
          );
      },
    );
  },
);

async function stateOf(namespace: Held): Promise<unknown[]> {
  return [...(await tableTraitsOf(namespace)), ...(await rulesetOf(namespace))];
}

async function prepared(setting: string): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await run(namespace, 'nft', [setting]);
  return namespace;
}

/** What is run in place of a command of the page. */
async function linesOf(namespace: Held, command: string): Promise<string[]> {
  if (command.startsWith('nft ')) return command.includes('<<') ? [command] : command.split(/\n|; (?=nft)/);
  if (DONE_BY_IPTABLES.test(`${command} `)) return [command.replace('tables', 'tables-nft')];
  const translated = await run(namespace, 'sh', ['-ec', command.replace('tables', 'tables-translate')]);
  // Newer versions quote what they print.
  const lines = translated.trim().split('\n');
  return lines.map((line) => line.replace(/^nft ([^'].*)$/, (_, rest: string) => `nft '${rest}'`));
}

/** The objects that nft printed: `{ family: 'inet', name: 'shop', ... }`. */
function objectsIn(shown: string, onlyRules: boolean): Row[] {
  return shown
    .trim()
    .split('\n')
    .flatMap(rowsOf)
    .filter((row) => !onlyRules || 'rule' in row)
    .map((row) => Object.values(row)[0] as Row);
}

/** What both nft and a list say in the same words of one thing. */
function comparable({ family, table, chain, name, handle, comment, hook, policy, packets, bytes, ...rest }: Row): Row {
  const [statements, elements] = [rest.statements ?? rest.expr, rest.elements ?? rest.elem] as (
    unknown[] | undefined
  )[];
  const counts = { statements: statements?.length, elements: elements?.length ?? 0 };
  return { family, table, chain, name, handle, comment, hook, policy, packets, bytes, ...counts };
}

function byHandle(rows: Row[]): Row[] {
  return rows.sort((one, other) => Number(one.handle) - Number(other.handle));
}

/** The keys of elements that nft printed. */
function elementsIn(shown: string): string[] {
  const [, text] = /elements = \{ (.*?) \}/.exec(shown) ?? [];
  if (text !== undefined) return text.split(', ').sort();
  const [{ elem }] = objectsIn(shown, false) as [{ elem: unknown[] }];
  return elem.map(String).sort();
}

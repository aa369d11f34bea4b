import { run, type Held, type Row } from './oracle';

/** What `nft -j` printed, without its heading. */
export function rowsOf(json: string): Row[] {
  return (JSON.parse(json) as { nftables: Row[] }).nftables.filter((row) => !('metainfo' in row));
}

/**
 * What `nft -j list ruleset` shows of a namespace, without what differs between two that are alike: handles, the time that is left to elements, and the
 * order of elements.
 */
export async function rulesetOf(namespace: Held): Promise<Row[]> {
  return rowsOf(await run(namespace, 'nft', ['-j', 'list', 'ruleset'])).map(
    (row) => JSON.parse(JSON.stringify(row, alike)) as Row,
  );
}

/** What its JSON leaves out, of nft 1.0.6: flags and comments of tables. */
export async function tableTraitsOf(namespace: Held): Promise<string[]> {
  const text = await run(namespace, 'nft', ['list', 'ruleset']);
  return text.split('\n').filter((line) => /^(table|\t(flags|comment)) /.test(line));
}

function alike(key: string, value: unknown): unknown {
  if (key === 'handle' || key === 'expires') return undefined;
  if (key !== 'elem' || !Array.isArray(value)) return value;
  return value.map((element) => JSON.stringify(element, alike)).sort();
}

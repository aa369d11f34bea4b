import { readFileSync } from 'node:fs';
import path from 'node:path';

import ts from 'typescript';

import { wordsAt } from '../../../lib/protocol/netfilter/nftables/format/selector-words';
import { everySelector, selectors } from '../../../lib/protocol/netfilter/nftables/selectors';
import { isFamily } from '../../../lib/protocol/netfilter/nftables/selectors/family';

const folder = path.join(__dirname, '../../../lib/protocol/netfilter/nftables/selectors');

/** The objects of selectors, and where they stand among all. */
const places: Readonly<Record<string, readonly string[]>> = {
  packet: [],
  connection: ['ct'],
  socket: ['socket'],
  route: ['rt'],
  headers: [],
  extensions: ['exthdr'],
  ipOptions: ['ipOption'],
  tcpOptions: ['tcpOption'],
  sctpChunks: ['sctpChunk'],
};

/** What stands in code in the description of a property. */
function wordsIn(node: ts.Node, source: ts.SourceFile): string[] {
  const comments = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [];
  const text = comments.map(({ pos, end }) => source.text.slice(pos, end)).join('');
  return Array.from(text.matchAll(/`([^`]+)`/g), ([, word]) => word!);
}

/** What descriptions say of the selectors of a file, by their paths. */
function described(file: string): Map<string, string[]> {
  const text = readFileSync(path.join(folder, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = new Map<string, string[]>();
  const visit = (object: ts.Expression, place: readonly string[]): void => {
    const inner = ts.isAsExpression(object) ? object.expression : object;
    if (!ts.isObjectLiteralExpression(inner)) return;
    for (const property of inner.properties) {
      if (!ts.isPropertyAssignment(property)) continue;
      const at = [...place, property.name.getText(source)];
      found.set(at.join('.'), wordsIn(property, source));
      visit(property.initializer, at);
    }
  };
  source.forEachChild((node) => {
    if (!ts.isVariableStatement(node)) return;
    for (const { name, initializer } of node.declarationList.declarations) {
      const place = places[name.getText(source)];
      if (place !== undefined && initializer !== undefined) visit(initializer, place);
    }
  });
  return found;
}

const descriptions = new Map(
  ['packet.ts', 'headers.ts', 'options.ts', 'sctp-chunks.ts'].flatMap((file) => [...described(file)]),
);

/** Where nft writes something else than what a user looks for. */
const others: Readonly<Record<string, string>> = {
  'ip.fragmentOffset': 'ip frag-off & 8191',
  'tcpOption.maxSegment.kind': 'tcp option @2,0,8',
  'tcpOption.window.kind': 'tcp option @3,0,8',
  'tcpOption.timestamp.kind': 'tcp option @8,0,8',
  'tcpOption.mptcp.kind': 'tcp option @30,0,8',
};

test('each selector has words', () => {
  const wordless = everySelector().filter(({ path: place }) => typeof wordsAt(place) !== 'string');

  expect(wordless).toEqual([]);
  expect(everySelector().length).toBeGreaterThan(200);
});

test('each selector with parameters has a function that makes them', () => {
  const families = Object.entries(selectors).filter(([, one]) => isFamily(one));

  expect(families.map(([name]) => [name, typeof wordsAt([name, 'value'])])).toEqual(
    families.map(([name]) => [name, 'function']),
  );
});

test('the words are those that the description of a selector tells', () => {
  const told = everySelector().flatMap(({ path: place }) => {
    const words = descriptions.get(place.join('.')) ?? [];
    return words.length === 0 ? [] : [[place.join('.'), words, wordsAt(place)] as const];
  });

  const different = told.filter(
    ([place, words, word]) => (others[place] ?? word) !== word || !(words.includes(String(word)) || place in others),
  );
  expect(different).toEqual([]);
  expect(told.length).toBeGreaterThan(150);
});

test('no two selectors have the same words, but those that are the same', () => {
  const byWords = new Map<string, string[]>();
  for (const { path: place } of everySelector()) {
    const words = String(wordsAt(place));
    byWords.set(words, [...(byWords.get(words) ?? []), place.join('.')]);
  }

  expect([...byWords.values()].filter(({ length }) => length > 1)).toEqual([]);
});

import { readFileSync } from 'node:fs';

import ts from 'typescript';

import type { LinkKind } from '../../lib/protocol/link-kind';
import { linkKinds, portKinds } from '../../lib/protocol/link-kinds';
import { qdiscKinds } from '../../lib/protocol/qdiscs';
import { compilePrograms } from '../examples/programs';
import { Editor, isDeclaredHere } from '../support/editor';
import { internalsReached } from '../support/published';
import {
  defaultsOfAnything,
  literalOf,
  namelessTypes,
  PREAMBLE,
  objectTypes,
  undescribed,
  undescribedTypes,
  valueOf,
  writtenTypes,
  type Written,
} from '../support/written-types';

/** So long must a name be for TypeScript to see what a part of it was meant to be. */
const LONG_ENOUGH = 6;

let editor: Editor;
let written: Written[];
/** Types that have no exported name, and properties that have no description. */
let nameless: string[];
let bare: string[];

beforeAll(async () => {
  await compilePrograms();
  editor = new Editor();
  // Before a file is opened: then types are other ones.
  const { taken, given } = objectTypes(editor);
  written = writtenTypes(editor, taken);
  nameless = [...namelessTypes(editor, taken), ...namelessTypes(editor, given)];
  bare = [...undescribed(editor, taken), ...undescribed(editor, given)];
}, 120_000);

test('what callers write has a type of each kind and family', () => {
  const titles = written.map(({ title }) => title);

  const ofKinds = [
    ...Object.keys(linkKinds).flatMap((kind) => [`LinkOptions of ${kind}`, `LinkChanges of ${kind}`]),
    ...Object.entries(portKinds)
      .filter(([, port]) => hasOptions(port))
      .map(([kind]) => `${capital(kind)}PortOptions`),
    ...Object.keys(qdiscKinds).map((kind) => `QdiscOptions of ${kind}`),
  ];
  expect(ofKinds.filter((title) => !titles.includes(title))).toEqual([]);
});

/** A port of a VRF has nothing that can be set. */
function hasOptions({ data }: LinkKind): boolean {
  return Object.values(data.fields).some(({ readOnly }) => !readOnly);
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

test('and of each verb of each collection', () => {
  const titles = new Set(written.map(({ title }) => title));

  const collections = editor.exports.filter(({ name }) => name.endsWith('Collection'));
  const lacking = collections.filter(({ name }) => !titlesOf[name]?.every((title) => titles.has(title)));
  expect(lacking.map(({ name }) => name)).toEqual([]);
});

/** What the verbs of a collection take. */
const titlesOf: Readonly<Record<string, readonly string[]>> = {
  AddressCollection: ['AddressOptions', 'AddressOptionsOfLink', 'AddressFilter', 'AwaitedAddresses', 'WaitOptions'],
  ConntrackCollection: ['ConnectionOptions', 'ConnectionChanges', 'ConnectionKey', 'ConnectionFilter', 'WatchOptions'],
  EthtoolCollection: [],
  ExpectationCollection: ['ExpectationOptions', 'ExpectationKey', 'ExpectationFilter'],
  FdbCollection: ['FdbOptions', 'FdbFilter', 'FdbPlace'],
  FeatureCollection: [],
  FileCollection: ['ReadOptions'],
  GenetlinkCollection: [],
  LinkCollection: ['OtherLinkOptions', 'OtherLinkChanges', 'LinkFilter', 'LinkDetails', 'LinkGroup', 'LinkPeer'],
  NamespaceIdCollection: ['ProcessReference'],
  NeighborCollection: ['NeighborOptions', 'NeighborFilter', 'NeighborKey', 'NeighborPlace'],
  NexthopCollection: ['NexthopObjectOptions', 'NexthopObjectFilter', 'NexthopBucketFilter', 'NexthopKey'],
  // What a batch takes is given to the function's argument, which is not followed here.
  NftablesCollection: ['NftRulesetFilter', 'NftRulesetOptions', 'NftWatchOptions'],
  NftChainCollection: ['NftChainOptions', 'NftChainFilter', 'NftChainKey'],
  NftTableCollection: ['NftTableOptions', 'NftTableFilter', 'NftTableKey'],
  NftElementCollection: ['NftElementsKey', 'NftElementsOptions', 'NftElementsReset'],
  NftFlowtableCollection: ['NftFlowtableOptions', 'NftFlowtableFilter', 'NftFlowtableKey'],
  NftObjectCollection: ['NftOtherObjectOptions', 'NftObjectFilter', 'NftObjectKey', 'NftObjectReset'],
  NftRuleCollection: ['NftRuleOptions', 'NftRuleReplacement', 'NftRuleFilter', 'NftRuleKey', 'NftRuleReset'],
  NftSetCollection: ['NftSetOptions', 'NftRawSetOptions', 'NftSetFilter', 'NftSetKey'],
  QdiscCollection: ['OtherQdiscOptions', 'QdiscSelection', 'QdiscSelector', 'QdiscPlace'],
  RouteCollection: ['RouteOptions', 'NexthopOptions', 'RouteFilter', 'RouteLookup', 'RouteSelector'],
  RuleCollection: ['RuleOptions', 'RuleFilter'],
  SysctlCollection: [],
};

test('all that callers write, and all that they get, has a name that is exported', () => {
  expect(nameless).toEqual([]);
});

test('a hover shows the description of every option', () => {
  const options = written.map((one) => ({ ...one, properties: one.properties.filter(isDeclaredHere) }));
  const lines = options.map((one) =>
    literalOf(
      one,
      one.properties.map(({ name }) => `/**/${name}: ${valueOf(one, name)}`),
    ),
  );
  const titles = options.flatMap(({ title, properties }) => properties.map(({ name }) => `${title}: ${name}`));

  const shown = editor.hovers(editor.open('hovers.ts', PREAMBLE + lines.join('\n')), '/**/');

  expect(shown).toHaveLength(titles.length);
  expect(titles.filter((_, index) => shown[index] === '')).toEqual([]);
});

test('what is inside an option, and all that callers get, errors too, is described as well', () => {
  expect(bare).toEqual([]);
});

test('and so is every type', () => {
  expect(undescribedTypes(editor)).toEqual([]);
});

test('what selects rows that are there as well speaks of a default as that of new ones', () => {
  const selecting = editor
    .exportedTypes()
    .filter(({ name }) => /(Filter|Key|Place|Selection|Selector)$|^(Route|Rule|Fdb)Options$/.test(name));

  expect(selecting.length).toBeGreaterThan(15);
  expect(selecting.flatMap((one) => defaultsOfAnything(editor, one))).toEqual([]);
});

test('the error of a misspelt option names the nearest one', () => {
  const misspelt = written.flatMap((one) =>
    samplesOf(one).map((name) => {
      const wrong = name.slice(0, 2) + name.slice(3);
      return { title: `${one.title}: ${wrong}`, name, line: literalOf(one, [`${wrong}: null as never`]) };
    }),
  );

  const file = editor.open('misspelt.ts', PREAMBLE + misspelt.map(({ line }) => line).join('\n'));
  const errors = new Map(editor.errors(file).map(({ line, message }) => [line, message]));

  const unclear = misspelt
    .map(({ title, name }, index) => ({ title, name, message: errors.get(index + 1) ?? '' }))
    .filter(({ name, message }) => !message.includes(`Did you mean to write '${name}'?`));
  expect(unclear).toEqual([]);
});

/** Names that are easily misspelt: the first and the last of those that are long, which may be its kind's. */
function samplesOf({ properties }: Written): string[] {
  const long = properties.map(({ name }) => name).filter((name) => name.length >= LONG_ENOUGH);
  return [...new Set([...long.slice(0, 1), ...long.slice(-2)])];
}

test('optional properties may be undefined where exactOptionalPropertyTypes is on', () => {
  const lines = written.map((one) =>
    literalOf(
      one,
      one.properties.map((property) =>
        (property.flags & ts.SymbolFlags.Optional) === 0
          ? `${property.name}: null as never`
          : `${property.name}: undefined`,
      ),
    ),
  );

  const errors = editor.errors(editor.open('undefined.ts', PREAMBLE + lines.join('\n')));

  expect(errors.map(({ line, message }) => `${written[line - 1]!.title}: ${message}`)).toEqual([]);
});

test('the declarations themselves pass every check, with no types installed but those of Node', () => {
  const files = editor.libraryFiles();

  expect(files.length).toBeGreaterThan(10);
  expect(files.flatMap((file) => editor.errors(file).map(({ message }) => `${file}: ${message}`))).toEqual([]);
});

test('they can be read by TypeScript 5.6, in which typed arrays are not generic', () => {
  const generic = /\b(?!ReadonlyArray)(\w+Array|DataView|Buffer)</;

  expect(editor.libraryFiles().filter((file) => generic.test(readFileSync(file, 'utf8')))).toEqual([]);
});

test('nothing internal can be reached', () => {
  expect(internalsReached(editor)).toEqual([]);
});

test('the kind of a link tells what else it has', () => {
  const narrowing = `
    import type { Bridge, Link, LinkCollection, OtherLink, PhysicalLink, Vxlan } from 'rtnetlink';
    export async function tell(links: LinkCollection, link: Link): Promise<void> {
      if (link.kind === 'vxlan') link.vni satisfies number | undefined;
      if (link.kind === 'vxlan') link.kind satisfies 'vxlan';
      if (link.kind === 'openvswitch') link satisfies OtherLink;
      if (link.kind === undefined) link satisfies PhysicalLink;
      if (isVxlan(link)) link satisfies Vxlan;
      // @ts-expect-error: a bridge has no such property.
      if (link.kind === 'bridge') link.vni.toFixed();
      (await links.list({ kind: 'vxlan' })) satisfies Vxlan[];
      (await links.list({ kind: 'openvswitch' })) satisfies Link[];
      (await links.list({ master: 'br0' })) satisfies Link[];
      for await (const bridge of links.stream({ kind: 'bridge', statistics: true })) bridge satisfies Bridge;
      // @ts-expect-error: it is a vxlan link.
      (await links.list({ kind: 'vxlan' })) satisfies Bridge[];
    }
    const isVxlan = (link: Link): link is Vxlan => link.kind === 'vxlan';`;

  expect(editor.errors(editor.open('narrowing.ts', narrowing))).toEqual([]);
});

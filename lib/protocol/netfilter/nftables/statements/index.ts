import { eachElementOf } from '../../../../codec';
import { isObject, show, within, wrongType, wrongValue } from '../../../../errors';
import type { NftFamily } from '../../netfilter';
import type { Expression } from '../expressions';
import { onlyOne } from '../selectors/field';
import type { ReadSet } from '../sets/read-content';
import type { MapData } from '../sets/set-content';
import type { ValueType } from '../values/value-type';
import { counter } from './counter';
import { fieldWrites } from './field-writes';
import { unknownWord, wordsOf, type StatementKinds } from './kind';
import { log } from './log';
import { lookUps } from './look-ups';
import { match } from './match';
import { nat } from './nat';
import { rates } from './rates';
import { rawOf, writeRaw } from './raw';
import { optionResets } from './option-resets';
import { queues } from './queue';
import { redirects } from './redirects';
import { referenceNames, references, writeReference } from './references';
import { reject } from './reject';
import { RuleReader } from './rule-reader';
import type { RuleWriter } from './rule-writer';
import { setUpdates } from './set-updates';
import { synproxy } from './synproxy';
import type { NftRawSet } from './statement';
import { verdictMaps } from './verdict-maps';
import { verdicts } from './verdicts';

const tracking = {
  writeWord: wordsOf({ notrack: { kind: 'notrack' } }),
  read: {
    notrack(reader) {
      reader.add('notrack');
      return true;
    },
  },
} satisfies StatementKinds;

/** All that a rule can say. */
const kinds: readonly StatementKinds[] = [
  ...[match, lookUps, verdicts, counter, nat, rates, log, reject, fieldWrites, tracking, setUpdates, redirects],
  ...[queues, synproxy, optionResets, references, verdictMaps],
];
function allOf<Table extends object>(tables: readonly (Table | undefined)[]): Table {
  return Object.assign({}, ...tables) as Table;
}

const write: NonNullable<StatementKinds['write']> = allOf(kinds.map((kind) => kind.write));
const writeWord: NonNullable<StatementKinds['writeWord']> = allOf(kinds.map((kind) => kind.writeWord));
const read: NonNullable<StatementKinds['read']> = allOf(kinds.map((kind) => kind.read));

/** Writes the statements of a rule. */
export function writeStatements(writer: RuleWriter, statements: unknown): void {
  try {
    eachElementOf(statements, (statement: unknown) => {
      writer.beginStatement();
      writeStatement(writer, statement);
    });
  } catch (error) {
    throw within('statements', error);
  }
}

function writeStatement(writer: RuleWriter, statement: unknown): void {
  if (typeof statement === 'string') {
    if (!Object.hasOwn(writeWord, statement)) throw unknownStatement(statement);
    writeWord[statement]!(writer);
  } else if (!isObject(statement)) {
    throw wrongType(`must be a word or an object, not ${show(statement)}`);
  } else if ('expressions' in statement) {
    writeRaw(writer, statement);
  } else {
    const [name, value] = onlyOne(statement, 'a statement');
    if (Object.hasOwn(writeWord, name) && (value === true || !Object.hasOwn(write, name))) throw givenAsObject(name);
    if (writeReference(writer, name, value)) return;
    if (!Object.hasOwn(write, name)) throw unknownStatement(name);
    // Not by `at`, which would take a closure for each statement of ten thousand rules.
    try {
      write[name]!(writer, value);
    } catch (error) {
      throw within(name, error);
    }
  }
}

function givenAsObject(name: string): Error {
  return wrongValue(`is the text '${name}' alone, with no object around it`, name);
}

function unknownStatement(given: string): Error {
  return unknownWord('is no statement', given, [
    ...new Set([...Object.keys(writeWord), ...Object.keys(write), ...referenceNames]),
  ]);
}

/** The sets without names that a rule looks something up in. */
export interface SetsOfRule {
  /** One, with keys of these types; undefined for a set that has a name. */
  read(name: string, types: readonly ValueType[]): ReadSet | undefined;
  /** The kind of the objects that a map gives, as the kernel numbers them; undefined for one that gives none. */
  objects?(name: string): number | undefined;
  /** What a map with a name gives; undefined where that is not known, or has no words. */
  data?(name: string): MapData | undefined;
  /** One as the kernel has it; undefined for a set that has a name. */
  raw(name: string): NftRawSet | undefined;
}

/** The statements that a rule's expressions stand for. What has no words stays as it is. */
export function readStatements(family: NftFamily, expressions: readonly Expression[], sets: SetsOfRule): unknown[] {
  const reader = new RuleReader(family, expressions, {
    setNamed: (name, keys) => sets.read(name, keys),
    objectsIn: (name) => sets.objects?.(name),
    dataIn: (name) => sets.data?.(name),
    rawOf: (these) => rawOf(these, (name) => sets.raw(name)),
  });
  for (let expression = reader.next(); expression !== undefined; expression = reader.next()) {
    // What a newer kernel says besides has no words.
    const reads = 'unknownKindAttributes' in expression ? undefined : read[expression.kind as 'cmp'];
    if (reads?.(reader, expression as never) !== true) reader.addRaw();
  }
  reader.end();
  return reader.statements;
}

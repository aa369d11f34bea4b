import { checkIsObject } from '../../../../errors';
import { checkNames, wordsOf, type Read, type StatementKinds, type Write } from './kind';

const writeCounter: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['packets', 'bytes']);
  writer.add({ kind: 'counter', ...value });
};

const readCounter: Read<'counter'> = (reader, { packets, bytes }) => {
  reader.add({ counter: { packets, bytes } });
  return true;
};

/** Counters of the rule. */
export const counter = {
  write: { counter: writeCounter },
  writeWord: wordsOf({ counter: { kind: 'counter' } }),
  read: { counter: readCounter },
} satisfies StatementKinds;

import { checkObject } from '../../../../errors';
import { checkNames, type Read, type StatementKinds, type Write } from './kind';

/** Types of objects (NFT_OBJECT_*). */
const OBJECT = { counter: 1, quota: 2, helper: 3, limit: 4 } as const;

const writeCounter: Write = (writer, value) => {
  if (typeof value === 'string') {
    writer.add({ kind: 'objref', type: OBJECT.counter, name: value });
    return;
  }
  checkObject('counter', value);
  checkNames(value, ['packets', 'bytes']);
  writer.add({ kind: 'counter', ...value });
};

const readCounter: Read<'counter'> = (reader, { packets, bytes }) => {
  reader.add({ counter: { packets, bytes } });
  return true;
};

const readObject: Read<'objref'> = (reader, { type, name }) => {
  if (type !== OBJECT.counter || name === undefined) return false;
  reader.add({ counter: name });
  return true;
};

/** Counters, of the rule or with a name. */
export const counter = {
  write: { counter: writeCounter },
  writeWord: {
    counter(writer) {
      writer.add({ kind: 'counter' });
    },
  },
  read: { counter: readCounter, objref: readObject },
} satisfies StatementKinds;

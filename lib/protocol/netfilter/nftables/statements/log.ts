import { checkIsObject } from '../../../../errors';
import { checkNames, wordsOf, type Read, type StatementKinds, type Write } from './kind';

const writeLog: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['prefix', 'level', 'flags', 'group', 'snapLength', 'queueThreshold']);
  writer.add({ kind: 'log', ...value });
};

/** The kernel's level where none is said. */
const WARNING = 'warn';

const readLog: Read<'log'> = (reader, { kind: _, ...values }) => {
  const given = Object.entries(values).filter(
    ([name, value]) =>
      !(name === 'level' && value === WARNING) &&
      !(values.group !== undefined && name === 'queueThreshold' && value === 0),
  );
  reader.add(given.length === 0 ? 'log' : { log: Object.fromEntries(given) });
  return true;
};

/** Lines in the kernel's log, and messages to programs. */
export const log = {
  write: { log: writeLog },
  writeWord: wordsOf({ log: { kind: 'log' } }),
  read: { log: readLog },
} satisfies StatementKinds;

import { checkInteger } from '../../../../codec';
import { at, checkIsObject, isObject } from '../../../../errors';
import type { Expression } from '../expressions';
import { integer } from '../values/types';
import { checkNames, wordsOf, type Read, type StatementKinds, type Write } from './kind';
import { REGISTER } from './rule-writer';
import { readSource, writeSource } from './source';

const LAST_QUEUE = 0xffff;
const queueType = integer(2, true);

const writeQueue: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['number', 'flags']);
  const { number = 0, flags = [] } = value as Record<string, unknown>;
  const isRange = isObject(number) && 'from' in number;
  if (typeof number !== 'number' && !isRange) {
    at('number', () => {
      writeSource(writer, queueType, number);
    });
    writer.add({ kind: 'queue', from: REGISTER, flags } as Expression);
    return;
  }
  const { from, to } = isRange ? (number as { from: unknown; to?: unknown }) : { from: number, to: number };
  at('number', () => {
    checkInteger(from, 0, LAST_QUEUE);
    checkInteger(to, from, LAST_QUEUE);
  });
  const total = (to as number) - (from as number) + 1;
  writer.add({ kind: 'queue', number: from, total, flags } as Expression);
};

const readQueue: Read<'queue'> = (reader, { number, total = 1, flags = [], from }) => {
  const source = from === undefined ? undefined : readSource(reader, from, queueType);
  if (from !== undefined && source === undefined) return false;
  const first = number ?? 0;
  const found = source?.value ?? (total === 1 ? first : { from: first, to: first + total - 1 });
  const isPlain = found === 0 && flags.length === 0;
  reader.add(isPlain ? 'queue' : { queue: { number: found, ...(flags.length > 0 && { flags }) } }, source?.needs);
  return true;
};

/** Programs that decide what becomes of packets. */
export const queues = {
  write: { queue: writeQueue },
  writeWord: wordsOf({ queue: { kind: 'queue', number: 0, total: 1 } }),
  read: { queue: readQueue },
} satisfies StatementKinds;

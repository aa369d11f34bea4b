import { checkInteger, numberOf } from '../../../../codec';
import { at, checkIsObject, show, wrongValue } from '../../../../errors';
import type { Expression } from '../expressions';
import { checkBoolean } from '../objects/fields';
import { checkNames, type Read, type StatementKinds, type Write } from './kind';

const units = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 } as const;
const PACKETS_AT_ONCE = 5;

/** Whether what is beyond it goes on. */
function overIn({ over = false }: Record<string, unknown>): ['over'] | [] {
  at('over', () => {
    checkBoolean(over);
  });
  return over === true ? ['over'] : [];
}

/** A number that has to be given. */
function numberIn(value: Record<string, unknown>, name: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  return at(name, () => {
    const { [name]: number } = value;
    checkInteger(number, least, most);
    return number;
  });
}

const writeLimit: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['rate', 'per', 'burst', 'unit', 'over']);
  const given = value as Record<string, unknown>;
  const { per, unit = 'packets', burst = unit === 'packets' ? PACKETS_AT_ONCE : 0 } = given;
  if (typeof per !== 'string' || !Object.hasOwn(units, per))
    throw wrongValue(`must be one of ${Object.keys(units).join(', ')}, not ${show(per)}`, 'per');
  writer.add({
    kind: 'limit',
    ...{ rate: numberIn(given, 'rate', 1), unit: numberOf(units, per), burst, type: unit, flags: overIn(given) },
  } as Expression);
};

const writeQuota: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['bytes', 'over', 'used']);
  const given = value as Record<string, unknown>;
  const { used: consumed = 0 } = given;
  writer.add({ kind: 'quota', bytes: numberIn(given, 'bytes'), flags: overIn(given), consumed } as Expression);
};

const MOST_CONNECTIONS = 2 ** 32 - 1;

const writeCount: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['count', 'over']);
  const given = value as Record<string, unknown>;
  writer.add({ kind: 'connlimit', count: numberIn(given, 'count', 0, MOST_CONNECTIONS), flags: overIn(given) });
};

const readCount: Read<'connlimit'> = (reader, { count, flags = [] }) => {
  if (flags.some((flag) => flag !== 'over')) return false;
  reader.add({ ctCount: { count, ...(flags.length > 0 && { over: true }) } });
  return true;
};

const periods = { 1: 'second', 60: 'minute', 3600: 'hour', 86_400: 'day', 604_800: 'week' } as const;

const readLimit: Read<'limit'> = (reader, { rate, unit, burst, type, flags = [] }) => {
  const per = periods[unit as keyof typeof periods] as string | undefined;
  if (per === undefined || flags.some((flag) => flag !== 'over')) return false;
  const isOver = flags.length > 0 && { over: true };
  reader.add({ limit: { rate, per, burst, ...(type === 'bytes' && { unit: type }), ...isOver } });
  return true;
};

const readQuota: Read<'quota'> = (reader, { bytes, flags = [], consumed = 0 }) => {
  if (flags.some((flag) => flag !== 'over' && flag !== 'depleted')) return false;
  reader.add({
    quota: { bytes, ...(flags.includes('over') && { over: true }), ...(consumed > 0 && { used: consumed }) },
  });
  return true;
};

/** How many packets, bytes or connections go on. */
export const rates = {
  write: { limit: writeLimit, quota: writeQuota, ctCount: writeCount },
  read: { limit: readLimit, quota: readQuota, connlimit: readCount },
} satisfies StatementKinds;

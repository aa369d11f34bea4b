import { numberOf } from '../../../../codec';
import { checkIsObject, show, wrongValue } from '../../../../errors';
import type { Expression } from '../expressions';
import { checkNames, type Read, type StatementKinds, type Write } from './kind';

const units = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 } as const;
const PACKETS_AT_ONCE = 5;

const writeLimit: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['rate', 'per', 'burst', 'unit', 'over']);
  const { rate, per, burst, unit = 'packets', over } = value as Record<string, unknown>;
  if (typeof per !== 'string' || !Object.hasOwn(units, per))
    throw wrongValue(`must be one of ${Object.keys(units).join(', ')}, not ${show(per)}`, 'per');
  writer.add({
    kind: 'limit',
    ...{ rate, unit: numberOf(units, per), burst: burst ?? (unit === 'packets' ? PACKETS_AT_ONCE : 0), type: unit },
    flags: over === true ? ['over'] : [],
  } as unknown as Expression);
};

const writeQuota: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['bytes', 'over', 'used']);
  const { bytes, over, used = 0 } = value as Record<string, unknown>;
  writer.add({ kind: 'quota', bytes, flags: over === true ? ['over'] : [], consumed: used } as Expression);
};

const writeCount: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['connections', 'over']);
  const { connections, over } = value as Record<string, unknown>;
  writer.add({ kind: 'connlimit', count: connections, ...(over === true && { flags: ['over'] }) } as Expression);
};

const readCount: Read<'connlimit'> = (reader, { count, flags = [] }) => {
  if (flags.some((flag) => flag !== 'over')) return false;
  reader.add({ ctCount: { connections: count, ...(flags.length > 0 && { over: true }) } });
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

import { isObject, show, wrongType, wrongValue } from '../../../../errors';
import type { Data } from '../expressions/data';
import type { Read, StatementKinds } from './kind';

const plain = ['accept', 'drop', 'continue', 'return'] as const;

/** A verdict as the kernel has it; undefined for what is none. */
export function verdictOf(given: unknown): Data | undefined {
  if (typeof given === 'string') {
    const code = plain.find((word) => word === given);
    return code === undefined ? undefined : { verdict: { code } };
  }
  if (!isObject(given)) return undefined;
  for (const code of ['jump', 'goto'] as const) {
    const { [code]: chain } = given as Record<string, unknown>;
    if (chain === undefined) continue;
    if (typeof chain !== 'string') throw wrongType(`must be the name of a chain, not ${show(chain)}`, code);
    return { verdict: { code, chain } };
  }
  return undefined;
}

export function checkedVerdict(given: unknown): Data {
  const verdict = verdictOf(given);
  if (verdict !== undefined) return verdict;
  throw wrongValue(`must be one of ${plain.join(', ')}, { jump: 'chain' } or { goto: 'chain' }, not ${show(given)}`);
}

/** A verdict in words; undefined for one without. */
export function formatVerdict(data: Data | undefined): unknown {
  const { code, chain } = data?.verdict ?? {};
  if (code === 'jump' || code === 'goto') return { [code]: chain };
  return plain.find((word) => word === code);
}

const readImmediate: Read<'immediate'> = (reader, { into, value }) => {
  if (into !== 0) {
    if (value?.value === undefined) return false;
    reader.keep(into, { bytes: value.value });
    return true;
  }
  const verdict = formatVerdict(value);
  if (verdict === undefined) return false;
  reader.add(verdict);
  return true;
};

/** What becomes of packets, and the values that are put into registers for what comes behind. */
export const verdicts = { read: { immediate: readImmediate } } satisfies StatementKinds;

import { at, isObject, show, wrongType, wrongValue } from '../../../../errors';
import type { Expression } from '../expressions';
import type { Data } from '../expressions/data';
import { wordsOf, type Read, type StatementKinds, type Write } from './kind';

const plain = ['accept', 'drop', 'continue', 'return'] as const;

function checkedChain(chain: unknown): string {
  if (typeof chain !== 'string') throw wrongType(`must be the name of a chain, not ${show(chain)}`);
  return chain;
}

/** A verdict as the kernel has it; undefined for what is none. */
function verdictOf(given: unknown): Data | undefined {
  if (typeof given === 'string') {
    const code = plain.find((word) => word === given);
    return code === undefined ? undefined : { verdict: { code } };
  }
  if (!isObject(given)) return undefined;
  const [[code, chain] = [], another] = Object.entries(given).filter(([, value]) => value !== undefined);
  if (another !== undefined || (code !== 'jump' && code !== 'goto')) return undefined;
  return { verdict: { code, chain: at(code, () => checkedChain(chain)) } };
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

const writeVerdict =
  (code: 'jump' | 'goto'): Write =>
  (writer, chain) => {
    writer.add(withVerdict({ verdict: { code, chain: checkedChain(chain) } }));
  };

function withVerdict(value: Data): Expression {
  return { kind: 'immediate', into: 0, value };
}

/** What becomes of packets, and the values that are put into registers for what comes behind. */
export const verdicts = {
  write: { jump: writeVerdict('jump'), goto: writeVerdict('goto') },
  writeWord: wordsOf({
    accept: withVerdict({ verdict: { code: 'accept' } }),
    drop: withVerdict({ verdict: { code: 'drop' } }),
    continue: withVerdict({ verdict: { code: 'continue' } }),
    return: withVerdict({ verdict: { code: 'return' } }),
  }),
  read: { immediate: readImmediate },
} satisfies StatementKinds;

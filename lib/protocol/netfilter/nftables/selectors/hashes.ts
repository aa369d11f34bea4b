import { eachElementOf } from '../../../../codec';
import { at, isArray, show, wrongType, wrongValue } from '../../../../errors';
import { paddedSize } from '../values/composed-types';
import { integer } from '../values/types';
import { numberAt } from './families';
import type { NftJhashOf, NftJhashTests, NftSymhashOf, NftSymhashTests } from './family-options';
import type { SelectorFamily, SelectorOf } from './family';
import type { Load, Selector } from './selector';

type HashLoad = Extract<Load, { kind: 'hash' }>;

/** What all hashes have. */
function numbersOf(given: Record<string, unknown>): Partial<HashLoad> {
  const offset = given.offset === undefined ? 0 : numberAt(given, 'offset');
  return { modulus: numberAt(given, 'modulus', 1), ...(offset > 0 && { offset }) };
}

function hashed({ of }: Record<string, unknown>, selectorOf: SelectorOf): Selector[] {
  if (!isArray(of)) throw wrongType(`must be an array of fields such as { ip: 'source' }, not ${show(of)}`, 'of');
  if (of.length === 0) throw wrongValue('must have one field at least', 'of');
  const selectors: Selector[] = [];
  at('of', () => {
    eachElementOf(of, (field: unknown) => {
      const selector = selectorOf(field);
      if (selector.takes !== undefined) throw wrongValue('must not be a hash itself');
      selectors.push(selector);
    });
  });
  return selectors;
}

/** Several values begin at multiples of four bytes each. */
function lengthOf(takes: readonly Selector[]): number {
  return takes.length === 1 ? takes[0]!.type.size : takes.reduce((sum, { type }) => sum + paddedSize(type.size), 0);
}

function jhashOf(takes: readonly Selector[], given: Record<string, unknown>): Selector & { load: HashLoad } {
  const load: HashLoad = {
    ...{ kind: 'hash', type: 'jhash', length: lengthOf(takes) },
    ...numbersOf(given),
    ...(given.seed !== undefined && { seed: numberAt(given, 'seed') }),
  };
  return { type: integer(4, true), load, takes, needs: takes.flatMap(({ needs }) => needs) };
}

/** A number that is the same for the same values. */
export const jhash: SelectorFamily<NftJhashOf, NftJhashTests> = {
  parameters: ['of', 'modulus', 'seed', 'offset'],
  results: ['value'],
  select: (_result, given, selectorOf) => jhashOf(hashed(given, selectorOf), given),
  read(load, taken) {
    const { type, from, length, modulus, seed, offset = 0 } = load as HashLoad;
    const fields = type === 'jhash' ? taken.fieldsFrom(from) : undefined;
    if (fields === undefined || fields.length === 0 || modulus === undefined) return undefined;
    const numbers = { modulus, ...(seed !== undefined && { seed }), ...(offset > 0 && { offset }) };
    const takes = fields.map(({ selector }) => selector);
    const selector = jhashOf(takes, numbers);
    const parameters = { of: fields.map(({ field }) => field), ...numbers };
    return selector.load.length === length ? { result: 'value', parameters, selector } : undefined;
  },
};

function symhashOf(given: Record<string, unknown>): Selector {
  return { type: integer(4, true), load: { kind: 'hash', type: 'symhash', ...numbersOf(given) }, needs: [] };
}

/** A number that is the same for all packets of a connection. */
export const symhash: SelectorFamily<NftSymhashOf, NftSymhashTests> = {
  parameters: ['modulus', 'offset'],
  results: ['value'],
  select: (_result, given) => symhashOf(given),
  read(load) {
    const { type, modulus, offset = 0 } = load as HashLoad;
    if (type !== 'symhash' || modulus === undefined) return undefined;
    const parameters = { modulus, ...(offset > 0 && { offset }) };
    return { result: 'value', parameters, selector: symhashOf(parameters) };
  },
};

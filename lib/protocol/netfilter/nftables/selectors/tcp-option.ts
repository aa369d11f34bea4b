import { wrongType } from '../../../../errors';
import { octetsOf, presence } from '../values/special-types';
import { integer } from '../values/types';
import { numberAt } from './families';
import type { NftTcpOptionOf, NftTcpOptionTests } from './family-options';
import type { SelectorFamily } from './family';
import type { Load } from './selector';

type OptionLoad = Extract<Load, { kind: 'exthdr' }>;

const MOST_OF_NUMBER = 6;
const MOST_BYTES = 16;

/** An option of TCP by its number, and the bytes in it. */
export const otherOption: SelectorFamily<NftTcpOptionOf, NftTcpOptionTests> = {
  parameters: ['number', 'offset', 'length'],
  results: ['exists', 'value'],
  select(result, given) {
    const load: OptionLoad = { kind: 'exthdr', of: 'tcpOption', type: numberAt(given, 'number', 0, 255) };
    if (result === 'exists') {
      if (given.offset !== undefined || given.length !== undefined)
        throw wrongType("must not be given where 'exists' is asked", given.offset === undefined ? 'length' : 'offset');
      return { type: presence, load: { ...load, offset: 0, length: 1, flags: ['present'] }, needs: [] };
    }
    const length = numberAt(given, 'length', 1, MOST_BYTES);
    const type = length > MOST_OF_NUMBER ? octetsOf(length) : integer(length);
    return { type, load: { ...load, offset: numberAt(given, 'offset', 0, 255), length, flags: [] }, needs: [] };
  },
  read(load) {
    const { of, type: number, offset = 0, length = 0, flags = [] } = load as OptionLoad;
    if (of !== 'tcpOption' || number === undefined || flags.some((flag) => flag !== 'present')) return undefined;
    const isThere = flags.length > 0;
    if (isThere ? offset !== 0 || length !== 1 : length === 0 || length > MOST_BYTES) return undefined;
    const result = isThere ? 'exists' : 'value';
    const parameters = { number, ...(!isThere && { offset, length }) };
    return { result, parameters, selector: this.select(result, parameters, noOther) };
  },
};

function noOther(): never {
  throw wrongType('names no other field');
}

import { ctKeys, metaKeys } from '../expressions/loads';
import { everySelector } from '../selectors';
import { bytesIn } from '../user-data';
import { integerOf } from '../values/type-names';
import { numberIn, type ValueType } from '../values/value-type';

// What nft keeps with a set of `typeof ip saddr . ip length`: the expressions of its key and of its data, each as bytes of number, size, value.

/** NFTNL_UDATA_SET_TYPEOF_*. */
const TYPEOF = { EXPRESSION: 0, DATA: 1 } as const;
/** nft's numbers of expressions. */
const EXPRESSION = { PAYLOAD: 7, META: 9, CT: 12, CONCATENATION: 13 } as const;
/** Bits of a field that has no type of its own. */
const PAYLOAD_LENGTH = 4;
/** NFT_META_* or NFT_CT_*, under the same number for both. */
const KEY = 0;

function numberAt(bytes: Uint8Array | undefined, name: number): number | undefined {
  const found = bytesIn(bytes, name);
  return found && numberIn(found, true);
}

/** What each part of a `typeof` of several is if it is a number without a type of its own; undefined where its length is not told. */
export function integersIn(expression: Uint8Array | undefined, count: number): (ValueType | undefined)[] {
  if (numberAt(expression, TYPEOF.EXPRESSION) !== EXPRESSION.CONCATENATION) return [];
  const parts = bytesIn(expression, TYPEOF.DATA);
  return Array.from({ length: count }, (_, index) => integerIn(bytesIn(parts, index)));
}

function integerIn(part: Uint8Array | undefined): ValueType | undefined {
  const data = bytesIn(part, TYPEOF.DATA);
  switch (numberAt(part, TYPEOF.EXPRESSION)) {
    case EXPRESSION.PAYLOAD: {
      const bits = numberAt(data, PAYLOAD_LENGTH);
      return bits === undefined ? undefined : integerOf(Math.ceil(bits / 8), false);
    }
    case EXPRESSION.META:
      return loadedBy('meta', metaKeys, numberAt(data, KEY));
    case EXPRESSION.CT:
      return loadedBy('ct', ctKeys, numberAt(data, KEY));
    default:
      return undefined;
  }
}

/** What a rule loads by a key of the kernel's. */
function loadedBy(
  kind: string,
  keys: Readonly<Record<string, number>>,
  key: number | undefined,
): ValueType | undefined {
  const found = everySelector().find(
    ({ selector: { load } }) => load.kind === kind && 'key' in load && keys[String(load.key)] === key,
  );
  return found?.selector.type;
}

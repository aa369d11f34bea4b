import { bytesIn } from '../user-data';
import { numberIn, type ValueType } from '../values/value-type';
import { typesOfData, type SetContent } from './set-content';

// What nft keeps with sets and their elements.

/** NFTNL_UDATA_SET_*. */
const UDATA_SET = {
  ...{ KEYBYTEORDER: 0, DATABYTEORDER: 1, MERGE_ELEMENTS: 2, KEY_TYPEOF: 3, DATA_TYPEOF: 4, DATA_INTERVAL: 6 },
} as const;
const BYTEORDER = { NONE: 0, HOST: 1, NETWORK: 2 } as const;
/** Types of one byte for which nft has another order, or none. */
const ordersOfOneByte: Readonly<Record<string, number>> = {
  ...{ nf_proto: BYTEORDER.NONE, inet_proto: BYTEORDER.NONE, ct_dir: BYTEORDER.NONE, boolean: BYTEORDER.NONE },
  pkt_type: BYTEORDER.HOST,
};

function order({ name, isHost }: ValueType): number {
  return ordersOfOneByte[name] ?? (isHost ? BYTEORDER.HOST : BYTEORDER.NETWORK);
}

/** What nft says of values that stand together: that they do. */
const TOGETHER = [0, 4, 13, 0, 0, 0, 1, 0];

/** What nft keeps with a set: the order of the bytes of its keys and data, and which of them stand together. */
export function userDataOf(
  { types, data, objectType }: Pick<SetContent, 'types' | 'data' | 'objectType'>,
  isMerged = false,
): Uint8Array {
  const orderOf = (these: readonly ValueType[]) => (these.length === 1 ? order(these[0]!) : 0);
  const partsOf = (these: readonly ValueType[]) => these[0]?.rangeOf ?? these;
  const word = (number: number, value: number) => [number, 4, value, 0, 0, 0];
  const together = (number: number) => [number, TOGETHER.length, ...TOGETHER];
  const ofData = data === undefined ? [] : typesOfData(data);
  const isOfRanges = ofData[0]?.rangeOf !== undefined;
  return Uint8Array.from([
    ...word(UDATA_SET.KEYBYTEORDER, orderOf(types)),
    ...(data === undefined ? [] : word(UDATA_SET.DATABYTEORDER, orderOf(partsOf(ofData)))),
    ...(isMerged ? word(UDATA_SET.MERGE_ELEMENTS, 1) : []),
    ...(types.length > 1 ? together(UDATA_SET.KEY_TYPEOF) : []),
    ...(partsOf(ofData).length > 1 ? together(UDATA_SET.DATA_TYPEOF) : []),
    ...(data === undefined && objectType === undefined ? [] : word(UDATA_SET.DATA_INTERVAL, Number(isOfRanges))),
  ]);
}

/** What is kept of the types of keys, or of data. */
export interface KeptTypes {
  /** Whether their bytes are in the host's order. */
  readonly isHost: boolean;
  /** The expression of a `typeof`. */
  readonly expression: Uint8Array | undefined;
}

/** What nft keeps of the types of a set's keys, or of its data. */
export function keptIn(userData: Uint8Array | undefined, of: 'key' | 'data'): KeptTypes {
  const [byteOrder, expression] =
    of === 'key' ? [UDATA_SET.KEYBYTEORDER, UDATA_SET.KEY_TYPEOF] : [UDATA_SET.DATABYTEORDER, UDATA_SET.DATA_TYPEOF];
  return {
    isHost: numberAt(userData, byteOrder) === BYTEORDER.HOST,
    expression: bytesIn(userData, expression),
  };
}

/** Whether a map gives ranges, by what nft keeps with it. */
export function isDataInterval(userData: Uint8Array | undefined): boolean {
  return numberAt(userData, UDATA_SET.DATA_INTERVAL) === 1;
}

function numberAt(userData: Uint8Array | undefined, name: number): number | undefined {
  const found = bytesIn(userData, name);
  return found && numberIn(found, true);
}

/** Whether nft merges what is added to a set with intervals, by what it keeps with the set. */
export function isMerged(userData: Uint8Array | undefined): boolean {
  return (bytesIn(userData, UDATA_SET.MERGE_ELEMENTS)?.[0] ?? 0) !== 0;
}

/** What nft keeps with a range that goes to the last value (NFTNL_UDATA_SET_ELEM_FLAGS). */
export const OPEN: Uint8Array = Uint8Array.of(1, 4, 1, 0, 0, 0);

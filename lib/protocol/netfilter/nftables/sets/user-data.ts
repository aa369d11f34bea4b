import { bytesIn } from '../user-data';
import type { ValueType } from '../values/value-type';
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
  const orderOf = (these: readonly ValueType[]) =>
    these.length === 1 && these[0]!.parts === undefined ? order(these[0]!) : 0;
  const word = (number: number, value: number) => [number, 4, value, 0, 0, 0];
  const together = (number: number) => [number, TOGETHER.length, ...TOGETHER];
  const ofData = data === undefined ? [] : typesOfData(data);
  const isOfRanges = ofData.some(({ isRange }) => isRange === true);
  return Uint8Array.from([
    ...word(UDATA_SET.KEYBYTEORDER, orderOf(types)),
    ...(data === undefined ? [] : word(UDATA_SET.DATABYTEORDER, orderOf(ofData))),
    ...(isMerged ? word(UDATA_SET.MERGE_ELEMENTS, 1) : []),
    ...(types.length > 1 ? together(UDATA_SET.KEY_TYPEOF) : []),
    ...(ofData.length > 1 || ofData[0]?.parts !== undefined ? together(UDATA_SET.DATA_TYPEOF) : []),
    ...(data === undefined && objectType === undefined ? [] : word(UDATA_SET.DATA_INTERVAL, Number(isOfRanges))),
  ]);
}

/** Whether nft merges what is added to a set with intervals, by what it keeps with the set. */
export function isMerged(userData: Uint8Array | undefined): boolean {
  return (bytesIn(userData, UDATA_SET.MERGE_ELEMENTS)?.[0] ?? 0) !== 0;
}

/** What nft keeps with a range that goes to the last value (NFTNL_UDATA_SET_ELEM_FLAGS). */
export const OPEN: Uint8Array = Uint8Array.of(1, 4, 1, 0, 0, 0);

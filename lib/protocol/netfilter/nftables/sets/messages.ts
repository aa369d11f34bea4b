import {
  attributes,
  bits,
  field,
  inside,
  list,
  member,
  message,
  nested,
  octets,
  readOnly,
  required,
  uint32be,
  uint64be,
  type OptionsOf,
  type RowOf,
} from '../../../../codec';
import { ERRNO } from '../../../../errno';
import { NLM_F, type Query, type Request } from '../../../netlink';
import { nfgenmsg, type NftFamily } from '../../netfilter';
import { elementAt, expressionField, expressionList } from '../expressions';
import { dataField } from '../expressions/data';
import { nftablesQuery, nftablesRequest } from '../nftables';
import { paddedSize, typeNumber } from '../values/composed-types';
import type { ValueType } from '../values/value-type';
import { hintOfVerdict } from '../rule-hints';
import { typesOfData, type KernelElement, type SetContent } from './set-content';
import { OPEN } from './user-data';
import { nftName } from '../names';

const NFTA_SET = {
  ...{ TABLE: 1, NAME: 2, FLAGS: 3, KEY_TYPE: 4, KEY_LEN: 5, DATA_TYPE: 6, DATA_LEN: 7, POLICY: 8, DESC: 9, ID: 10 },
  ...{
    TIMEOUT: 11,
    GC_INTERVAL: 12,
    USERDATA: 13,
    PAD: 14,
    OBJ_TYPE: 15,
    HANDLE: 16,
    EXPR: 17,
    EXPRESSIONS: 18,
    TYPE: 19,
    COUNT: 20,
  },
} as const;
const NFTA_SET_DESC = { SIZE: 1, CONCAT: 2 } as const;
const NFTA_SET_FIELD_LEN = 1;
const NFTA_LIST_ELEM = 1;
const NFTA_SET_ELEM = {
  ...{ KEY: 1, DATA: 2, FLAGS: 3, TIMEOUT: 4, EXPIRATION: 5, USERDATA: 6, EXPR: 7, PAD: 8, OBJREF: 9, KEY_END: 10 },
  EXPRESSIONS: 11,
} as const;
const NFTA_SET_ELEM_LIST = { TABLE: 1, SET: 2, ELEMENTS: 3, SET_ID: 4 } as const;

const setFlags = {
  ...{
    anonymous: 1,
    constant: 2,
    interval: 4,
    map: 8,
    timeout: 16,
    dynamic: 32,
    object: 64,
    concat: 128,
    expression: 256,
  },
} as const;

/** The number that nft has for verdicts as what a map gives. */
export const VERDICT = 0xffffff00;

const family = required(member(nfgenmsg, 'family'), "must be a family such as 'inet'");

const length = nested(NFTA_LIST_ELEM, attributes({ length: field(NFTA_SET_FIELD_LEN, uint32be) }));

/** A set, as the kernel has it. */
export const setMessage = message(
  nfgenmsg,
  {
    family,
    table: required(nftName(NFTA_SET.TABLE), 'must be the name of its table'),
    name: required(nftName(NFTA_SET.NAME), 'must be the name of the set'),
    flags: bits(NFTA_SET.FLAGS, setFlags, uint32be),
    keyType: field(NFTA_SET.KEY_TYPE, uint32be),
    keyLength: field(NFTA_SET.KEY_LEN, uint32be),
    dataType: field(NFTA_SET.DATA_TYPE, uint32be),
    dataLength: field(NFTA_SET.DATA_LEN, uint32be),
    objectType: field(NFTA_SET.OBJ_TYPE, uint32be),
    policy: field(NFTA_SET.POLICY, uint32be),
    size: inside([NFTA_SET.DESC], field(NFTA_SET_DESC.SIZE, uint32be)),
    parts: inside([NFTA_SET.DESC], list(NFTA_SET_DESC.CONCAT, length)),
    id: field(NFTA_SET.ID, uint32be),
    timeout: field(NFTA_SET.TIMEOUT, uint64be),
    gcInterval: field(NFTA_SET.GC_INTERVAL, uint32be),
    userData: field(NFTA_SET.USERDATA, octets),
    expression: expressionField(NFTA_SET.EXPR),
    expressions: expressionList(NFTA_SET.EXPRESSIONS),
    handle: readOnly(field(NFTA_SET.HANDLE, uint64be)),
    backend: readOnly(nftName(NFTA_SET.TYPE)),
    /** Of which some may be over. */
    count: readOnly(field(NFTA_SET.COUNT, uint32be)),
  },
  { ignored: [NFTA_SET.PAD] },
);

const element = attributes(
  {
    key: dataField(NFTA_SET_ELEM.KEY),
    keyEnd: dataField(NFTA_SET_ELEM.KEY_END),
    data: dataField(NFTA_SET_ELEM.DATA),
    flags: bits(NFTA_SET_ELEM.FLAGS, { end: 1, catchAll: 2 }, uint32be),
    timeout: field(NFTA_SET_ELEM.TIMEOUT, uint64be),
    expiration: field(NFTA_SET_ELEM.EXPIRATION, uint64be),
    userData: field(NFTA_SET_ELEM.USERDATA, octets),
    expression: expressionField(NFTA_SET_ELEM.EXPR),
    expressions: expressionList(NFTA_SET_ELEM.EXPRESSIONS),
    object: nftName(NFTA_SET_ELEM.OBJREF),
  },
  [NFTA_SET_ELEM.PAD],
);

/** Elements of a set, as the kernel has them. */
export const elementsMessage = message(nfgenmsg, {
  family,
  table: required(nftName(NFTA_SET_ELEM_LIST.TABLE), 'must be the name of its table'),
  set: required(nftName(NFTA_SET_ELEM_LIST.SET), 'must be the name of its set'),
  setId: field(NFTA_SET_ELEM_LIST.SET_ID, uint32be),
  elements: { ...list(NFTA_SET_ELEM_LIST.ELEMENTS, nested(NFTA_LIST_ELEM, element)), locate: elementAt },
});

/** A set, as it is sent. */
export type SetValues = OptionsOf<(typeof setMessage)['fields']>;
/** Elements, as they are sent. */
export type ElementValues = Parameters<typeof element.encode>[1];

/** Where a set is. */
export interface SetPlace {
  readonly family: NftFamily;
  readonly table: string;
  readonly name: string;
  /** Its number in the batch that makes it. */
  readonly id?: number | undefined;
}

/** Bytes of values one behind the other. */
export function lengthOf(types: readonly ValueType[]): number {
  if (types.length === 1) return types[0]!.size;
  return types.reduce((sum, { size }) => sum + paddedSize(size), 0);
}

/** What the kernel is told of a set with this content. */
export function valuesOf(content: SetContent): Partial<SetValues> {
  const { types, isInterval, data, objectType } = content;
  const isConcat = types.length > 1;
  const flags = [
    ...(isInterval ? (['interval'] as const) : []),
    ...(isConcat && isInterval ? (['concat'] as const) : []),
    ...(data === undefined ? [] : (['map'] as const)),
    ...(objectType === undefined ? [] : (['object'] as const)),
  ];
  return {
    flags,
    keyType: typeNumber(types),
    keyLength: lengthOf(types),
    ...(isConcat && isInterval && { parts: types.map(({ size }) => ({ length: size })) }),
    ...(data === 'verdict' && { dataType: VERDICT, dataLength: 0 }),
    ...(data !== undefined &&
      data !== 'verdict' && { dataType: typeNumber(typesOfData(data)), dataLength: lengthOf(typesOfData(data)) }),
    ...(objectType !== undefined && { objectType }),
  };
}

/** An element as it is sent. */
export function elementValues({ key, keyEnd, data, object, isEnd, isOpen }: KernelElement): ElementValues {
  // One by one, since sets are large.
  const values: { -readonly [K in keyof ElementValues]: ElementValues[K] } = {};
  if (key === undefined) values.flags = ['catchAll'];
  else values.key = { value: key };
  if (keyEnd !== undefined) values.keyEnd = { value: keyEnd };
  if (data !== undefined) values.data = data;
  if (object !== undefined) values.object = object;
  if (isEnd === true) values.flags = ['end'];
  if (isOpen === true) values.userData = OPEN;
  return values;
}

/** Asks for a set. */
export function newSetRequest(values: SetValues, subject: () => string): Request {
  return nftablesRequest('NEWSET', setMessage, { flags: NLM_F.CREATE, subject, values });
}

/** An attribute holds less than 64 KiB: more elements go in several messages. Each is encoded in one go, for which this is a millisecond. */
const MOST_OF_ATTRIBUTE = 16_000;

/** Asks that elements be there, or go, in as many messages as they need. */
export function elementRequests(
  { family: ofFamily, table, name, id }: SetPlace,
  elements: readonly ElementValues[],
  what: 'NEWSETELEM' | 'DELSETELEM' = 'NEWSETELEM',
  ofRule?: { readonly subject: () => string; readonly property: string },
): Request[] {
  // Ranges are sorted, with their ends between them.
  const isInOrder = !elements.some(({ flags }) => flags?.includes('end') === true);
  const requests: Request[] = [];
  for (let next = 0; next < elements.length;) {
    const first = next;
    let size = 0;
    let end = first;
    while (end < elements.length && size <= MOST_OF_ATTRIBUTE) size += sizeOfElement(elements[end++]!);
    const values = { family: ofFamily, table, set: name, setId: id, elements: elements.slice(first, end) };
    requests.push({
      size,
      ...nftablesRequest(what, elementsMessage, {
        flags: what === 'NEWSETELEM' ? NLM_F.CREATE : 0,
        subject: ofRule?.subject ?? (() => `elements of set '${ofFamily} ${table} ${name}'`),
        hint(errno, _, __, property) {
          const index = PLACE.exec(property ?? '')?.[1];
          if (index === undefined) return undefined;
          const element = values.elements[Number(index)];
          const text = element && hintOfElement(element, errno, `in table '${ofFamily} ${table}'`);
          const place = isInOrder ? `elements[${String(first + Number(index))}]` : 'elements';
          return { property: ofRule?.property ?? place, text };
        },
        values,
      }),
    });
    next = end;
  }
  return requests;
}

/** An expression of an element takes so many bytes at most. */
const MOST_OF_EXPRESSION = 128;
const PLACE = /^elements\[(\d+)\]/;

/** What may be wrong with an element that the kernel refuses. */
function hintOfElement(element: ElementValues, errno: number, where: string): string | undefined {
  if (errno === ERRNO.ENFILE) return "see the 'size' of the set";
  if (errno === ERRNO.EEXIST)
    return element.data === undefined
      ? 'it overlaps one that is there'
      : 'it is there with other data, or overlaps one';
  if (errno === ERRNO.EINVAL && element.timeout !== undefined) return "a timeout needs a set with flags: ['timeout']";
  return hintOfVerdict(element.data, where, errno);
}

/** Bytes that an element takes, at most. */
function sizeOfElement({ key, keyEnd, data, userData, object, expression, expressions }: ElementValues): number {
  const nestedSize = (bytes: Uint8Array | undefined) => (bytes === undefined ? 0 : bytes.length + 12);
  const ofData = data === undefined ? 0 : nestedSize(data.value) + 32 + 4 * (data.verdict?.chain?.length ?? 0);
  const ofMore = (userData?.length ?? 0) + 4 * (object?.length ?? 0);
  const count = (expression === undefined ? 0 : 1) + (expressions?.length ?? 0);
  return 80 + count * MOST_OF_EXPRESSION + nestedSize(key?.value) + nestedSize(keyEnd?.value) + ofData + ofMore;
}

/** Asks for a set. */
export function getSet({ family: ofFamily, table, name }: SetPlace): Query<RowOf<(typeof setMessage)['fields']>> {
  return nftablesQuery('GETSET', setMessage, {
    subject: () => `set '${ofFamily} ${table} ${name}'`,
    values: { family: ofFamily, table, name },
  });
}

/** Asks for the elements of a set. */
export function listElements({
  family: ofFamily,
  table,
  name,
}: SetPlace): Query<RowOf<(typeof elementsMessage)['fields']>> {
  return nftablesQuery('GETSETELEM', elementsMessage, {
    subject: () => `elements of set '${ofFamily} ${table} ${name}'`,
    values: { family: ofFamily, table, set: name },
  });
}

/** Asks for an element of a set, and with `isReset` that what it counts begin anew. */
export function getElement(
  { family: ofFamily, table, name }: SetPlace,
  wanted: ElementValues,
  isReset = false,
): Query<RowOf<(typeof elementsMessage)['fields']>> {
  const command = isReset ? 'GETSETELEM_RESET' : 'GETSETELEM';
  return nftablesQuery(command, elementsMessage, {
    subject: () => `elements of set '${ofFamily} ${table} ${name}'`,
    values: { family: ofFamily, table, set: name, elements: [wanted] },
  });
}

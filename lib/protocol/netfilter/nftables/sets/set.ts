import { checkInteger, eachElementOf } from '../../../../codec';
import { at, checkObject, isArray, show, within, wrongType, wrongValue } from '../../../../errors';
import type { Query, Request } from '../../../netlink';
import { checkFamily, netfilterQuery, netfilterRequest, type NftFamily } from '../../netfilter';
import type { Data } from '../expressions/data';
import { NFT_MSG, NFTABLES, nextSetId } from '../nftables';
import type { NftVerdict } from '../statements/statement';
import { checkedVerdict, formatVerdict } from '../statements/verdicts';
import { commentIn, userDataWith } from '../user-data';
import { types, type ValueTypeName } from '../values/types';
import type { ValueType } from '../values/value-type';
import {
  elementRequests,
  elementValues,
  newSetRequest,
  setMessage,
  userDataOf,
  valuesOf,
  VERDICT,
  type ElementValues,
  type SetPlace,
} from './messages';
import { readElements } from './read-content';
import type { NftElementOptions, NftSetFlag, NftSetOptions, NftSetRow } from './set-options';
import { isRange, setOf, type SetElementValue } from './set-content';

const MILLISECONDS = 1000;
/** NFTNL_UDATA_SET_COMMENT. */
const COMMENT_OF_SET = 7;
const BITS_OF_TYPE = 6;

const flagNames: readonly NftSetFlag[] = ['constant', 'interval', 'timeout', 'dynamic'];

/** What a set takes. */
export interface SetTypes {
  readonly keys: readonly ValueType[];
  readonly data: ValueType | 'verdict' | undefined;
  readonly isInterval: boolean;
}

function typeNamed(name: unknown): ValueType {
  if (typeof name !== 'string' || !Object.hasOwn(types, name)) {
    throw wrongValue(`must be one of nft's types, such as 'ipv4_addr' or 'inet_service', not ${show(name)}`);
  }
  return types[name as ValueTypeName];
}

function typesOf({ key, data, flags = [] }: Pick<NftSetOptions, 'key' | 'data' | 'flags'>): SetTypes {
  const keys: ValueType[] = [];
  at('key', () => {
    if (isArray(key)) {
      eachElementOf(key, (one: unknown) => {
        keys.push(typeNamed(one));
      });
      if (keys.length < 2) throw wrongValue('must have two types at least, or be one that is no array');
    } else {
      keys.push(typeNamed(key));
    }
  });
  const ofData = data === undefined || data === 'verdict' ? data : at('data', () => typeNamed(data));
  return { keys, data: ofData, isInterval: flags.includes('interval') };
}

function milliseconds(seconds: unknown, property: string): number | undefined {
  if (seconds === undefined) return undefined;
  return at(property, () => {
    if (typeof seconds !== 'number' || !(seconds > 0))
      throw wrongType(`must be a number of seconds above 0, not ${show(seconds)}`);
    const rounded = Math.round(seconds * MILLISECONDS);
    checkInteger(rounded, 1, Number.MAX_SAFE_INTEGER, 'milliseconds');
    return rounded;
  });
}

const elementNames: ReadonlySet<string> = new Set(['key', 'data', 'verdict', 'timeout', 'expires', 'comment']);

/** Elements as the kernel has them. */
export function elementsOf(set: SetTypes, elements: unknown): ElementValues[] {
  const values: SetElementValue[] = [];
  eachElementOf(elements, (element: NftElementOptions) => {
    checkObject('element', element);
    for (const name in element) {
      if (!elementNames.has(name))
        throw wrongValue(`is no property of an element: there are ${[...elementNames].join(', ')}`, name);
    }
    if (!set.isInterval && isRange(set.keys, element.key)) {
      throw wrongValue("must be one value: ranges and prefixes need a set with flags: ['interval']", 'key');
    }
    values.push({ key: element.key, data: dataOf(set, element), from: element });
  });
  const content = setOf(set.keys, values, { data: set.data, isInterval: set.isInterval });
  return content.elements.map((element) => {
    const values = elementValues(element);
    const from = element.from?.from as NftElementOptions | undefined;
    return from === undefined || isPlain(from) ? values : { ...values, ...ownOf(from) };
  });
}

/** Whether an element has nothing besides its key and what a map gives for it. */
function isPlain({ timeout, expires, comment }: NftElementOptions): boolean {
  return timeout === undefined && expires === undefined && comment === undefined;
}

function ownOf({ timeout, expires, comment }: NftElementOptions): Partial<ElementValues> {
  return {
    timeout: milliseconds(timeout, 'timeout'),
    expiration: milliseconds(expires, 'expires'),
    userData: at('comment', () => userDataWith(comment)),
  };
}

function dataOf({ data: type }: SetTypes, { data, verdict }: NftElementOptions): Data | undefined {
  if (type === 'verdict') {
    if (data !== undefined) throw wrongValue("has no meaning in a map of verdicts: say 'verdict'", 'data');
    return at('verdict', () => checkedVerdict(verdict));
  }
  if (verdict !== undefined) throw wrongValue('has no meaning: this is no map of verdicts', 'verdict');
  if (type === undefined) {
    if (data !== undefined) throw wrongValue('has no meaning: this is no map', 'data');
    return undefined;
  }
  return { value: at('data', () => type.parse(data)) };
}

/** Asks for a set, with what is in it. */
export function newSet(options: NftSetOptions): Request[] {
  const { key: _, data: __, timeout, flags = [], comment, elements = [], ...where } = options;
  const { family, table, name } = where;
  checkFamily(family);
  if (!isArray(flags)) throw wrongType(`must be an array of ${flagNames.join(', ')}, not ${show(flags)}`, 'flags');
  const wrong = flags.find((flag) => !flagNames.includes(flag));
  if (wrong !== undefined) throw wrongValue(`must be of ${flagNames.join(', ')}, not ${show(wrong)}`, 'flags');
  const of = typesOf(options);
  const values = valuesOf({ types: of.keys, data: of.data, isInterval: of.isInterval, elements: [] });
  const ofComment = at('comment', () => userDataWith(comment, COMMENT_OF_SET));
  const place: SetPlace = { family, table, name };
  const request = newSetRequest(
    {
      // With whatever else was given, which is refused.
      ...{ ...where, ...values, id: nextSetId() },
      flags: [...(values.flags ?? []), ...flags.filter((flag) => flag !== 'interval')],
      timeout: milliseconds(timeout, 'timeout'),
      userData: Uint8Array.from([...userDataOf(of.keys, of.data), ...(ofComment ?? [])]),
    },
    () => `set '${family} ${table} ${name}'`,
  );
  try {
    return [request, ...elementRequests(place, elementsOf(of, elements))];
  } catch (error) {
    throw within('elements', error);
  }
}

/** Asks that a set go. Rules must not use it. */
export function deleteSet({ family, table, name }: Pick<NftSetOptions, 'family' | 'table' | 'name'>): Request {
  checkFamily(family);
  return netfilterRequest(NFTABLES, setMessage, {
    name: 'NFT_MSG_DELSET',
    command: NFT_MSG.DELSET,
    subject: () => `set '${family} ${table} ${name}'`,
    values: { family, table, name },
  });
}

export type KernelSet = ReturnType<(typeof setMessage)['decode']>;

/** Asks for sets, also those without names. */
export function listSets(
  filter: { family?: NftFamily | undefined; table?: string | undefined } = {},
): Query<KernelSet> {
  return netfilterQuery(NFTABLES, setMessage, { name: 'NFT_MSG_GETSET', command: NFT_MSG.GETSET, values: filter });
}

/** The types of a set, by what the kernel keeps for nft; undefined where they have no names here. */
export function typesIn({ keyType = 0, dataType, flags = [] }: KernelSet): SetTypes | undefined {
  const ids: number[] = [];
  for (let rest = keyType; rest > 0; rest = Math.floor(rest / 2 ** BITS_OF_TYPE)) ids.unshift(rest % 2 ** BITS_OF_TYPE);
  const keys = ids.map(typeOf);
  const data = dataType === undefined ? undefined : dataType === VERDICT ? 'verdict' : typeOf(dataType);
  if (keys.length === 0 || keys.includes(undefined) || (dataType !== undefined && data === undefined)) return undefined;
  return { keys: keys as ValueType[], data, isInterval: flags.includes('interval') };
}

function typeOf(id: number): ValueType | undefined {
  return Object.values<ValueType>(types).find((type) => type.id === id);
}

/** A set in words, with its elements. */
export function setRow(set: KernelSet, elements: readonly ElementValues[]): NftSetRow | undefined {
  const of = typesIn(set);
  if (of === undefined) return undefined;
  const names = of.keys.map(({ name }) => name as ValueTypeName);
  const flags = flagNames.filter((flag) => set.flags?.includes(flag));
  const comment = commentIn(set.userData, COMMENT_OF_SET);
  return {
    family: set.family as NftFamily,
    table: set.table ?? '',
    name: set.name ?? '',
    key: names.length === 1 ? names[0]! : names,
    ...(of.data !== undefined && { data: of.data === 'verdict' ? of.data : (of.data.name as ValueTypeName) }),
    ...(flags.length > 0 && { flags }),
    ...(set.timeout !== undefined && { timeout: set.timeout / MILLISECONDS }),
    ...(set.size !== undefined && { size: set.size }),
    ...(comment !== undefined && { comment }),
    handle: set.handle ?? 0,
    elements: elementRows(of, elements),
  };
}

/** Elements in words. */
export function elementRows(of: SetTypes, elements: readonly ElementValues[]): NftElementOptions[] {
  return readElements(of.keys, elements).map(({ key, data, element }) => {
    const comment = commentIn(element.userData);
    // One by one, since sets are large.
    const row: NftElementOptions = { key };
    if (of.data === 'verdict') row.verdict = formatVerdict(data) as NftVerdict;
    else if (of.data !== undefined && data?.value !== undefined)
      row.data = of.data.format(data.value) as string | number;
    if (element.timeout !== undefined) row.timeout = element.timeout / MILLISECONDS;
    if (element.expiration !== undefined) row.expires = element.expiration / MILLISECONDS;
    if (comment !== undefined) row.comment = comment;
    return row;
  });
}

import { at, checkObject, isArray, show, wrongType, wrongValue } from '../../../../errors';
import type { Query, Request } from '../../../netlink';
import { checkFamily, type NftFamily } from '../../netfilter';
import { objectTypes } from '../objects/kinds';
import { checkBoolean, secondsOf } from '../objects/fields';
import { checkContainer, nextSetId, nftablesQuery, nftablesRequest } from '../nftables';
import { keptBytes, keptRow } from '../user-data';
import {
  elementRequests,
  elementsMessage,
  newSetRequest,
  setMessage,
  valuesOf,
  type ElementValues,
  type SetPlace,
} from './messages';
import { namesOfData } from './data-types';
import { elementsAt, expressionsOf, milliseconds, statementsIn } from './set-elements';
import type {
  NftElementOptions,
  NftRawSetOptions,
  NftRawSetRow,
  NftSetFlag,
  NftSetKey,
  NftSetOptions,
  NftSetRow,
} from './set-options';
import { namesOf } from '../values/type-names';
import { typesIn, typesOf, type SetTypes } from './set-types';
import { isMerged, userDataOf } from './user-data';

/** NFTNL_UDATA_SET_COMMENT. */
const COMMENT_OF_SET = 7;

const flagNames: readonly NftSetFlag[] = ['constant', 'interval', 'timeout', 'dynamic'];
const policies = { performance: 0, memory: 1 } as const;

/** Asks for a set, with what is in it. */
export function newSet(options: NftSetOptions | NftRawSetOptions): Request[] {
  if ('raw' in options && options.raw !== undefined) return newRawSet(options);
  const {
    key: _,
    data: __,
    object: ___,
    timeout,
    gcInterval,
    flags = [],
    policy,
    statements,
    ...rest
  } = options as NftSetOptions;
  const { comment, userData, autoMerge = false, elements = [], ...where } = rest;
  const { family, table, name } = where;
  checkFamily(family);
  if (!isArray(flags)) throw wrongType(`must be an array of ${flagNames.join(', ')}, not ${show(flags)}`, 'flags');
  const wrong = flags.find((flag) => !flagNames.includes(flag));
  if (wrong !== undefined) throw wrongValue(`must be of ${flagNames.join(', ')}, not ${show(wrong)}`, 'flags');
  if (timeout !== undefined && !flags.includes('timeout'))
    throw wrongValue("needs a set with flags: ['timeout']", 'timeout');
  at('autoMerge', () => {
    checkBoolean(autoMerge);
  });
  const of = typesOf(options as NftSetOptions);
  const { keys: types, data, objectType, isInterval } = of;
  const values = valuesOf({ types, data, objectType, isInterval, elements: [] });
  const each = statements === undefined ? {} : expressionsOf(statements);
  const place: SetPlace = { family, table, name };
  const request = newSetRequest(
    {
      // With whatever else was given, which is refused.
      ...{ ...where, ...values, ...each, id: nextSetId() },
      flags: [
        ...(values.flags ?? []),
        ...flags.filter((flag) => flag !== 'interval'),
        ...(each.expressions === undefined ? [] : (['expression'] as const)),
      ],
      policy: policy === undefined ? undefined : at('policy', () => policyNumber(policy)),
      timeout: milliseconds(timeout, 'timeout'),
      gcInterval: milliseconds(gcInterval, 'gcInterval'),
      userData: keptBytes(
        { comment, userData },
        { number: COMMENT_OF_SET, before: userDataOf({ types, data, objectType }, autoMerge) },
      ),
    },
    () => subjectOf(place),
  );
  return [request, ...elementRequests(place, elementsAt(of, elements))];
}

function policyNumber(policy: unknown): number {
  if (typeof policy === 'string' && Object.hasOwn(policies, policy)) return policies[policy as 'memory'];
  throw wrongValue(`must be one of ${Object.keys(policies).join(', ')}, not ${show(policy)}`);
}

/** What a set takes that is asked for; undefined where its types have no names here. */
export function typesOfNew(options: NftSetOptions | NftRawSetOptions): SetTypes | undefined {
  return 'raw' in options && options.raw !== undefined
    ? typesIn(options.raw.values)
    : typesOf(options as NftSetOptions);
}

/** A set that has no words, as a list has it. */
function newRawSet({
  family,
  table,
  name,
  raw,
  handle: _,
  ...others
}: NftRawSetOptions & { handle?: unknown }): Request[] {
  checkFamily(family);
  const [wrong] = Object.keys(others);
  if (wrong !== undefined) throw wrongValue("is no property beside 'raw', which has all of the set", wrong);
  checkObject('raw', raw);
  const { values, elements } = raw;
  at('raw', () => {
    checkObject('values', values);
    if (!isArray(elements)) throw wrongType(`must be an array, not ${show(elements)}`, 'elements');
    if ('unknownAttributes' in values || elements.some((element) => 'unknownAttributes' in element))
      throw wrongValue('has attributes that this library does not know, and cannot write back', 'values');
  });
  const place: SetPlace = { family, table, name };
  const request = newSetRequest({ ...values, family, table, name, id: nextSetId() }, () => subjectOf(place));
  return [request, ...elementRequests(place, elements)];
}

function subjectOf({ family, table, name }: SetPlace): string {
  return `set '${family} ${table} ${name}'`;
}

/** Asks that a set go. Rules must not use it. */
export function deleteSet({ family, table, name }: Pick<NftSetOptions, 'family' | 'table' | 'name'>): Request {
  checkFamily(family);
  return nftablesRequest('DELSET', setMessage, {
    subject: () => subjectOf({ family, table, name }),
    values: { family, table, name },
  });
}

/** Asks that all elements of a set go. */
export function flushSet({ family, table, name: set }: NftSetKey): Request {
  checkFamily(family);
  checkContainer(set);
  return nftablesRequest('DELSETELEM', elementsMessage, {
    subject: () => `elements of set '${family} ${table} ${set}'`,
    values: { family, table, set },
  });
}

export type KernelSet = ReturnType<(typeof setMessage)['decode']>;

/** Asks for sets, also those without names. */
export function listSets(
  filter: { family?: NftFamily | undefined; table?: string | undefined } = {},
): Query<KernelSet> {
  return nftablesQuery('GETSET', setMessage, { values: filter });
}

/** A set that has no words, as the kernel has it. */
export function rawSetRow(set: KernelSet, elements: readonly ElementValues[]): NftRawSetRow {
  const { handle = 0, count: _, backend: __, family, table = '', name = '', ...values } = set;
  return { family: family as NftFamily, table, name, handle, raw: { values, elements } };
}

/** A set in words, with its elements. */
export function setRow(set: KernelSet, of: SetTypes, elements: NftElementOptions[]): NftSetRow {
  const { handle = 0, family, table = '', name = '' } = set;
  const place = { family: family as NftFamily, table, name };
  const { flags = [], timeout, gcInterval, size, userData, policy } = set;
  const named = flagNames.filter((flag) => flags.includes(flag));
  const statements = statementsIn(set);
  const merges = isMerged(userData);
  const { keys: types, data, objectType } = of;
  return {
    ...place,
    key: namesOf(types),
    ...(data !== undefined && { data: namesOfData(data) }),
    ...(objectType !== undefined && { object: objectKind(objectType) }),
    ...(named.length > 0 && { flags: named }),
    ...(timeout !== undefined && { timeout: secondsOf(timeout) }),
    ...(gcInterval !== undefined && gcInterval > 0 && { gcInterval: secondsOf(gcInterval) }),
    ...(size !== undefined && { size }),
    ...(policy !== undefined && policy !== policies.performance && { policy: 'memory' as const }),
    ...(statements !== undefined && { statements }),
    ...(merges && { autoMerge: true }),
    ...keptRow(userData, { number: COMMENT_OF_SET, before: userDataOf({ types, data, objectType }, merges) }),
    handle,
    elements,
  };
}

function objectKind(type: number): NonNullable<NftSetOptions['object']> {
  const words = Object.keys(objectTypes) as (keyof typeof objectTypes)[];
  return words.find((word) => objectTypes[word] === type) ?? type;
}

/** Whether words would lose something: attributes or flags of a newer kernel. */
export function hasMore(of: object): boolean {
  if ('unknownAttributes' in of) return true;
  const { flags = [] } = of as { flags?: readonly unknown[] };
  return flags.some((flag) => typeof flag === 'number');
}

import { isArray, show, wrongType, wrongValue } from '../errors';
import { optionsOnce } from '../once';
import { checkFamily } from '../protocol/netfilter/netfilter';
import { deleteChain, newChain } from '../protocol/netfilter/nftables/chain';
import type { NftChainKey, NftChainOptions } from '../protocol/netfilter/nftables/chain-options';
import { deleteFlowtable, newFlowtable } from '../protocol/netfilter/nftables/flowtable';
import type { NftFlowtableKey, NftFlowtableOptions } from '../protocol/netfilter/nftables/flowtable-options';
import { checkContainer } from '../protocol/netfilter/nftables/nftables';
import { deleteObject, newObject } from '../protocol/netfilter/nftables/objects/object';
import type { NftObjectKey, NftObjectOptions } from '../protocol/netfilter/nftables/objects/object-options';
import { deleteRule, flushChain, flushTable, newRule } from '../protocol/netfilter/nftables/rule';
import type { NftRuleKey, NftRuleOptions, NftRuleReplacement } from '../protocol/netfilter/nftables/rule-options';
import { deleteSet, flushSet, newSet } from '../protocol/netfilter/nftables/sets/set';
import type {
  NftElementsOptions,
  NftRawSetOptions,
  NftSetKey,
  NftSetOptions,
} from '../protocol/netfilter/nftables/sets/set-options';
import { deleteTable, newTable } from '../protocol/netfilter/nftables/table';
import { AddedSets, type BatchPart } from './batch-parts';
import type { NftBatch, NftTableScope } from './nftables-batch';
import { checkKey, keyOnce } from './nftables-checks';

const TABLE = "{ family: 'inet', name: 'shop' }";
const CHAIN = "{ name: 'post' }";
const RULE = "{ chain: 'post', statements: ['counter'] }";
const RULE_KEY = "{ chain: 'post', handle: 4 }";
const SET = "{ name: 'blocked', key: 'ipv4_addr' }";
const ELEMENTS = "{ set: 'blocked', elements: [{ key: '192.0.2.1' }] }";
const FLOWTABLE = "{ name: 'fast', devices: ['eth0', 'eth1'] }";
const OBJECT = "{ kind: 'counter', name: 'visits' }";

/** What a batch's function asks for, in order. Throws for what is wrong in it, and unless it is synchronous. */
export function partsOf(fill: (nft: NftBatch) => void, isOwner: boolean): BatchPart[] {
  if (typeof (fill as unknown) !== 'function') throw wrongType(`must be a function, not ${show(fill)}`, 'fill');
  const parts: BatchPart[] = [];
  let isOver = false;
  const nft = batchOf((asked) => {
    if (isOver) throw new Error('The batch has been sent, or has failed: what is asked for later is in none');
    if (!isArray(asked)) parts.push(asked);
    else for (const one of asked) parts.push(one);
  }, isOwner);
  const ask: (nft: NftBatch) => unknown = fill;
  let returned: unknown;
  try {
    returned = ask(nft);
  } finally {
    isOver = true;
  }
  if (isThenable(returned)) {
    void Promise.resolve(returned).catch(() => undefined);
    throw wrongType('must be synchronous: what it asks for later would not be part of the batch', 'fill');
  }
  return parts;
}

/** Takes something into a batch. */
type Take = (asked: BatchPart | readonly BatchPart[]) => void;

/** The table of which something is asked; nothing where each call says its own. */
type Scope = Partial<Pick<NftRuleKey, 'family' | 'table'>>;

function batchOf(take: Take, isOwner: boolean): NftBatch {
  const added = new AddedSets();
  const inTable = (scope: Scope) => {
    const asks =
      <Options extends object>(example: string, request: (options: Options) => BatchPart | readonly BatchPart[]) =>
      (options: Options): void => {
        const given = optionsOnce(options, example);
        checkScope(given, scope);
        // The copy is nobody else's.
        take(request(Object.assign(given, scope)));
      };
    return {
      chains: {
        add: asks(CHAIN, (chain: NftChainOptions) => newChain(chain)),
        delete: asks(CHAIN, (chain: NftChainKey) => deleteChain(checkKey(chain, 'chain'))),
        flush: asks(CHAIN, (chain: NftChainKey) => flushChain(checkKey(chain, 'chain'))),
      },
      rules: {
        add: asks(RULE, (rule: NftRuleOptions) => newRule(rule)),
        insert: asks(RULE, (rule: NftRuleOptions) => newRule(rule, 'begin')),
        replace: asks(RULE, (rule: NftRuleReplacement) => newRule(rule, 'replace')),
        delete: asks(RULE_KEY, (rule: NftRuleKey) => deleteRule(checkKey(rule, 'rule'))),
      },
      sets: {
        add: asks(SET, (set: NftSetOptions | NftRawSetOptions) => {
          const requests = newSet(set);
          added.note(set);
          return requests;
        }),
        delete: asks(SET, (set: NftSetKey) => {
          const request = deleteSet(checkKey(set, 'set'));
          added.forget(set);
          return request;
        }),
        flush: asks(SET, (set: NftSetKey) => flushSet(checkKey(set, 'set'))),
      },
      elements: {
        add: asks(ELEMENTS, (elements: NftElementsOptions) => added.parts(checkKey(elements, 'elements'), 'add')),
        delete: asks(ELEMENTS, (elements: NftElementsOptions) => added.parts(checkKey(elements, 'elements'), 'delete')),
      },
      objects: {
        add: asks(OBJECT, (object: NftObjectOptions) => newObject(object)),
        delete: asks(OBJECT, (object: NftObjectKey) => deleteObject(checkKey(object, 'object'))),
      },
      flowtables: {
        add: asks(FLOWTABLE, (flowtable: NftFlowtableOptions) => newFlowtable(flowtable)),
        delete: asks(FLOWTABLE, (flowtable: NftFlowtableKey) => deleteFlowtable(checkKey(flowtable, 'flowtable'))),
      },
    } as NftTableScope & Pick<NftBatch, 'chains'>;
  };
  return {
    tables: {
      add(options) {
        const given = optionsOnce(options, TABLE);
        take(newTable(given, isOwner));
        const { family, name: table } = given;
        return inTable({ family, table });
      },
      in(key) {
        const { family, name: table } = keyOnce(key, 'table', TABLE);
        checkFamily(family);
        checkContainer(table);
        return inTable({ family, table });
      },
      delete(options) {
        const key = keyOnce(options, 'table', TABLE);
        take(deleteTable(key));
        added.forgetTable(key);
      },
      flush(options) {
        take(flushTable(keyOnce(options, 'table', TABLE)));
      },
    },
    ...(inTable({}) as Omit<NftBatch, 'tables'>),
  };
}

/** Throws for what is said to be in another table: a row of that one, with a handle that means something else here. */
function checkScope(given: Scope, scope: Scope): void {
  for (const name of ['family', 'table'] as const) {
    if (scope[name] === undefined || given[name] === undefined || given[name] === scope[name]) continue;
    const reason = `must be ${show(scope[name])}, as of the table in which it is asked for, or left out`;
    throw wrongValue(`${reason}, not ${show(given[name])}`, name);
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

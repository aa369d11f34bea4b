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
import { deleteRule, newRule } from '../protocol/netfilter/nftables/rule';
import type { NftRuleKey, NftRuleOptions, NftRuleReplacement } from '../protocol/netfilter/nftables/rule-options';
import { deleteSet, newSet } from '../protocol/netfilter/nftables/sets/set';
import type { NftRawSetOptions, NftSetKey, NftSetOptions } from '../protocol/netfilter/nftables/sets/set-options';
import { deleteTable, newTable } from '../protocol/netfilter/nftables/table';
import type { NftTableKey, NftTableOptions } from '../protocol/netfilter/nftables/table-options';
import type { Request } from '../protocol/netlink';
import { checkKey, keyOnce } from './nftables-checks';

/** What a table's own collections know already. */
type InTable<Options> = Options extends unknown ? Omit<Options, 'family' | 'table'> : never;

/** Chains of a batch. */
export interface NftBatchChains<Options, Key> {
  /** Adds a chain; one that is there takes the policy. */
  add(options: Options): void;
  /** Deletes a chain. */
  delete(key: Key): void;
}

/** Rules of a batch. */
export interface NftBatchRules<Options, Replacement, Key> {
  /** Adds a rule at the end of its chain, or behind the one at `position`. */
  add(options: Options): void;
  /** Adds a rule at the beginning of its chain, or in front of the one at `position`. */
  insert(options: Options): void;
  /** Puts a rule in the place of the one with a handle. */
  replace(options: Replacement): void;
  /** Deletes the rule with a handle. */
  delete(key: Key): void;
}

/** Sets and maps of a batch. */
export interface NftBatchSets<Options, Key> {
  /** Adds a set or map, with its elements; of one that is there alike, the elements. */
  add(options: Options): void;
  /** Deletes a set or map. */
  delete(key: Key): void;
}

/** Stateful objects of a batch. */
export interface NftBatchObjects<Options, Key> {
  /** Adds an object; one of its kind and name that is there stays as it is. */
  add(options: Options): void;
  /** Deletes an object. */
  delete(key: Key): void;
}

/** Flowtables of a batch. */
export interface NftBatchFlowtables<Options, Key> {
  /** Adds a flowtable; one that is there gets the devices besides. */
  add(options: Options): void;
  /** Deletes a flowtable. */
  delete(key: Key): void;
}

/** A table in a batch, and what is done in it. `family` and `table` are left out, or those of this table: those of another are refused. */
export interface NftTableScope {
  /** Its chains. */
  readonly chains: NftBatchChains<InTable<NftChainOptions>, InTable<NftChainKey>>;
  /** Its rules. */
  readonly rules: NftBatchRules<InTable<NftRuleOptions>, InTable<NftRuleReplacement>, InTable<NftRuleKey>>;
  /** Its sets and maps. */
  readonly sets: NftBatchSets<InTable<NftSetOptions | NftRawSetOptions>, InTable<NftSetKey>>;
  /** Its stateful objects: counters, quotas, limits and others. */
  readonly objects: NftBatchObjects<InTable<NftObjectOptions>, InTable<NftObjectKey>>;
  /** Its flowtables. */
  readonly flowtables: NftBatchFlowtables<InTable<NftFlowtableOptions>, InTable<NftFlowtableKey>>;
}

/** What one batch does, in this order. */
export interface NftBatch {
  /** Tables. */
  readonly tables: {
    /** Adds a table; one that is there stays as it is. */
    add(options: NftTableOptions): NftTableScope;
    /** What is done in a table that is there: nothing is added. What is asked of it is refused with ENOENT if there is none. */
    in(key: NftTableKey): NftTableScope;
    /** Deletes a table with all that is in it. The batch is refused with ENOENT if there is none. */
    delete(options: NftTableKey): void;
  };
  /** Chains of any table. */
  readonly chains: NftBatchChains<NftChainOptions, NftChainKey>;
  /** Rules of any chain. */
  readonly rules: NftBatchRules<NftRuleOptions, NftRuleReplacement, NftRuleKey>;
  /** Sets and maps of any table. */
  readonly sets: NftBatchSets<NftSetOptions | NftRawSetOptions, NftSetKey>;
  /** Stateful objects of any table. */
  readonly objects: NftBatchObjects<NftObjectOptions, NftObjectKey>;
  /** Flowtables of any table. */
  readonly flowtables: NftBatchFlowtables<NftFlowtableOptions, NftFlowtableKey>;
}

const TABLE = "{ family: 'inet', name: 'shop' }";
const CHAIN = "{ name: 'post' }";
const RULE = "{ chain: 'post', statements: ['counter'] }";
const RULE_KEY = "{ chain: 'post', handle: 4 }";
const SET = "{ name: 'blocked', key: 'ipv4_addr' }";
const FLOWTABLE = "{ name: 'fast', devices: ['eth0', 'eth1'] }";
const OBJECT = "{ kind: 'counter', name: 'visits' }";

/** What a batch's function asks for, in order. Throws for what is wrong in it, and unless it is synchronous. */
export function requestsOf(fill: (nft: NftBatch) => void): Request[] {
  if (typeof (fill as unknown) !== 'function') throw wrongType(`must be a function, not ${show(fill)}`, 'fill');
  const requests: Request[] = [];
  let isOver = false;
  const nft = batchOf((asked) => {
    if (isOver) throw new Error('The batch has been sent, or has failed: what is asked for later is in none');
    if (!isArray(asked)) requests.push(asked);
    else for (const one of asked) requests.push(one);
  });
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
  return requests;
}

/** Takes requests into a batch. */
type Take = (asked: Request | readonly Request[]) => void;

/** The table of which something is asked; nothing where each call says its own. */
type Scope = Partial<Pick<NftRuleKey, 'family' | 'table'>>;

function batchOf(take: Take): NftBatch {
  const inTable = (scope: Scope) => {
    const asks =
      <Options extends object>(example: string, request: (options: Options) => Request | Request[]) =>
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
      },
      rules: {
        add: asks(RULE, (rule: NftRuleOptions) => newRule(rule)),
        insert: asks(RULE, (rule: NftRuleOptions) => newRule(rule, 'begin')),
        replace: asks(RULE, (rule: NftRuleReplacement) => newRule(rule, 'replace')),
        delete: asks(RULE_KEY, (rule: NftRuleKey) => deleteRule(checkKey(rule, 'rule'))),
      },
      sets: {
        add: asks(SET, (set: NftSetOptions) => newSet(set)),
        delete: asks(SET, (set: NftSetKey) => deleteSet(checkKey(set, 'set'))),
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
        take(newTable(given));
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
        take(deleteTable(keyOnce(options, 'table', TABLE)));
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

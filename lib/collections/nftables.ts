/* eslint-disable @typescript-eslint/no-require-imports -- the text of rules is loaded when it is first asked for */
import { isArray, show, wrongType } from '../errors';
import { optionsOnce, readOnce } from '../once';
import { deleteChain, newChain } from '../protocol/netfilter/nftables/chain';
import type { NftChainKey, NftChainOptions } from '../protocol/netfilter/nftables/chain-options';
import { deleteFlowtable, newFlowtable } from '../protocol/netfilter/nftables/flowtable';
import type { NftFlowtableKey, NftFlowtableOptions } from '../protocol/netfilter/nftables/flowtable-options';
import { checkFamily } from '../protocol/netfilter/netfilter';
import { checkContainer, nftablesBatch } from '../protocol/netfilter/nftables/nftables';
import { deleteObject, newObject } from '../protocol/netfilter/nftables/objects/object';
import type { NftObjectKey, NftObjectOptions } from '../protocol/netfilter/nftables/objects/object-options';
import type * as Format from '../protocol/netfilter/nftables/format/rule';
import { deleteRule, newRule } from '../protocol/netfilter/nftables/rule';
import type { NftRuleKey, NftRuleOptions, NftRuleReplacement } from '../protocol/netfilter/nftables/rule-options';
import { deleteTable, newTable } from '../protocol/netfilter/nftables/table';
import type { NftTableKey, NftTableOptions } from '../protocol/netfilter/nftables/table-options';
import type { Request } from '../protocol/netlink';
import { asked } from '../transport/trip';
import { NftChainCollection } from './nftables-chains';
import { NftFlowtableCollection } from './nftables-flowtables';
import { NftObjectCollection } from './nftables-objects';
import { NftRuleCollection } from './nftables-rules';
import { NftElementCollection } from './nftables-elements';
import { NftSetCollection } from './nftables-sets';
import { NftTableCollection } from './nftables-tables';
import { deleteSet, newSet } from '../protocol/netfilter/nftables/sets/set';
import type { NftRawSetOptions, NftSetKey, NftSetOptions } from '../protocol/netfilter/nftables/sets/set-options';
import type { NamespaceHandle } from '../namespace/handle';
import { Collection } from './collection';
import { filterOnce, keyOnce } from './nftables-checks';
import { generationsOf, type NftWatchOptions } from './nftables-generations';
import { replaceIn, rulesetIn } from './nftables-ruleset';
import type { NftGeneration } from '../protocol/netfilter/nftables/generation';
import { checkWhole } from '../protocol/netfilter/nftables/ruleset';
import type { NftRuleset, NftRulesetFilter, NftRulesetOptions } from '../protocol/netfilter/nftables/ruleset-options';
import { whenNeeded } from '../when-needed';

const parts = whenNeeded({ format: () => require('../protocol/netfilter/nftables/format/rule') as typeof Format });

/** Writes a rule as nft does. It is led to from here, so that what it has in common with the collections stays in one file with them. */
export const textOfRule: typeof Format.formatRule = (rule, options) => parts.format.formatRule(rule, options);

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

/** A table that a batch adds, with what is added to it. */
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

/** Packet rules: nf_tables, which `nft list ruleset` shows. */
export class NftablesCollection extends Collection {
  /** What chains and sets stand in. */
  readonly tables: NftTableCollection;
  /** What rules stand in. */
  readonly chains: NftChainCollection;
  /** What chains do, one after the other. */
  readonly rules: NftRuleCollection;
  /** Sets and maps that rules look something up in. */
  readonly sets: NftSetCollection;
  /** What is in those. */
  readonly elements: NftElementCollection;
  /** Counters, quotas, limits and others with a name, which rules refer to. */
  readonly objects: NftObjectCollection;
  /** What carries packets of known connections on without the rules. */
  readonly flowtables: NftFlowtableCollection;

  /** @internal */
  constructor(handle: NamespaceHandle, owner: object | undefined, what: string) {
    super(handle, owner, what);
    this.tables = new NftTableCollection(handle, owner, `${what}.tables`);
    this.chains = new NftChainCollection(handle, owner, `${what}.chains`);
    this.rules = new NftRuleCollection(handle, owner, `${what}.rules`);
    this.sets = new NftSetCollection(handle, owner, `${what}.sets`);
    this.elements = new NftElementCollection(handle, owner, `${what}.elements`);
    this.objects = new NftObjectCollection(handle, owner, `${what}.objects`);
    this.flowtables = new NftFlowtableCollection(handle, owner, `${what}.flowtables`);
  }

  /**
   * All packet rules of one state: tables, chains, objects, flowtables, sets with their elements, rules, each as its own list has them. With a filter those
   * of one family or of one table alone. `replaceRuleset` takes it back.
   */
  ruleset(filter?: NftRulesetFilter): Promise<NftRuleset> {
    return asked(() => {
      const given = filterOnce(filter, 'ruleset');
      return this.handle.exclusive('nftables.ruleset', (inside) => rulesetIn(inside, withoutUndefined(given)));
    });
  }

  /**
   * Puts a ruleset in place of all that is there, as a whole: no packet meets half of it. Of one with `family` or `table` only these tables are
   * replaced, others stay. Handles are passed over. Rejects, and changes nothing, if something cannot be written back; with EPERM if a table
   * belongs to another process.
   */
  replaceRuleset(ruleset: NftRulesetOptions): Promise<void> {
    return asked(() => {
      const given = optionsOnce(ruleset, RULESET);
      checkWhole(given);
      return this.handle.exclusive('nftables.replaceRuleset', (inside) => replaceIn(inside, given));
    });
  }

  /**
   * The states of the packet rules, each a change that some process made: first the one of now, then each that comes. The loop ends with the
   * namespace's handle, or the signal.
   */
  watch(options?: NftWatchOptions): AsyncGenerator<NftGeneration, void, undefined> {
    return generationsOf(this.handle, readOnce(options), this.owner);
  }

  /**
   * Has the kernel do all that a function asks for, or nothing of it: one batch, however large. The function is synchronous. Rejects with the
   * error of the first thing that was refused.
   */
  batch(fill: (nft: NftBatch) => void): Promise<void> {
    return asked(() => {
      if (typeof (fill as unknown) !== 'function') throw wrongType(`must be a function, not ${show(fill)}`, 'fill');
      const requests: Request[] = [];
      let isOver = false;
      const nft = batchOf((asked) => {
        if (isOver) throw new Error('The batch has been sent: what is asked for later is in none');
        if (!isArray(asked)) requests.push(asked);
        else for (const one of asked) requests.push(one);
      });
      const ask: (nft: NftBatch) => unknown = fill;
      const returned = ask(nft);
      isOver = true;
      if (isThenable(returned)) {
        void Promise.resolve(returned).catch(() => undefined);
        throw wrongType('must be synchronous: what it asks for later would not be part of the batch', 'fill');
      }
      if (requests.length === 0) return Promise.resolve();
      return this.handle.transport.sendWhole(requests, nftablesBatch);
    });
  }
}

const RULESET = '{ tables: [], chains: [], objects: [], flowtables: [], sets: [], rules: [] }';
const TABLE = "{ family: 'inet', name: 'shop' }";
const CHAIN = "{ name: 'post' }";
const RULE = "{ chain: 'post', handle: 4 }";
const SET = "{ name: 'blocked' }";
const FLOWTABLE = "{ name: 'fast' }";
const OBJECT = "{ kind: 'counter', name: 'visits' }";

/** Takes requests into a batch. */
type Take = (asked: Request | readonly Request[]) => void;

function batchOf(take: Take): NftBatch {
  const inTable = (of: Partial<Pick<NftRuleKey, 'family' | 'table'>>) => {
    const asks =
      <Options extends object>(request: (options: Options) => Request | Request[]) =>
      (options: Options): void => {
        // The copy is nobody else's.
        take(request(Object.assign(optionsOnce(options, '{ ... }'), of)));
      };
    return {
      chains: {
        add: asks((chain: NftChainOptions) => newChain(chain)),
        delete: asks((chain: NftChainKey) => deleteChain(keyOnce(chain, 'chain', CHAIN))),
      },
      rules: {
        add: asks((rule: NftRuleOptions) => newRule(rule)),
        insert: asks((rule: NftRuleOptions) => newRule(rule, 'begin')),
        replace: asks((rule: NftRuleReplacement) => newRule(rule, 'replace')),
        delete: asks((rule: NftRuleKey) => deleteRule(keyOnce(rule, 'rule', RULE))),
      },
      sets: {
        add: asks((set: NftSetOptions) => newSet(set)),
        delete: asks((set: NftSetKey) => deleteSet(keyOnce(set, 'set', SET))),
      },
      objects: {
        add: asks((object: NftObjectOptions) => newObject(object)),
        delete: asks((object: NftObjectKey) => deleteObject(keyOnce(object, 'object', OBJECT))),
      },
      flowtables: {
        add: asks((flowtable: NftFlowtableOptions) => newFlowtable(flowtable)),
        delete: asks((flowtable: NftFlowtableKey) => deleteFlowtable(keyOnce(flowtable, 'flowtable', FLOWTABLE))),
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

/** A filter that says nothing is none. */
function withoutUndefined<Filter extends object>(filter: Filter | undefined): Filter | undefined {
  if (filter === undefined) return undefined;
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as Filter;
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

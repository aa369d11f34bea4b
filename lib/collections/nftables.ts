/* eslint-disable @typescript-eslint/no-require-imports -- the text of rules is loaded when it is first asked for */
import type { NamespaceHandle } from '../namespace/handle';
import { optionsOnce, readOnce } from '../once';
import type * as Format from '../protocol/netfilter/nftables/format/rule';
import type { NftGeneration } from '../protocol/netfilter/nftables/generation';
import { checkWhole } from '../protocol/netfilter/nftables/ruleset';
import type { NftRuleset, NftRulesetFilter, NftRulesetOptions } from '../protocol/netfilter/nftables/ruleset-options';
import { asked } from '../transport/trip';
import { whenNeeded } from '../when-needed';
import { Collection } from './collection';
import { sendParts } from './batch-parts';
import { partsOf } from './filled-batch';
import type { NftBatch } from './nftables-batch';
import { NftChainCollection } from './nftables-chains';
import { filterOnce } from './nftables-checks';
import { NftElementCollection } from './nftables-elements';
import { NftFlowtableCollection } from './nftables-flowtables';
import { generationsOf, type NftWatchOptions } from './nftables-generations';
import { NftObjectCollection } from './nftables-objects';
import { NftRuleCollection } from './nftables-rules';
import { replaceIn, rulesetIn } from './nftables-ruleset';
import { NftSetCollection } from './nftables-sets';
import { NftTableCollection } from './nftables-tables';

const parts = whenNeeded({ format: () => require('../protocol/netfilter/nftables/format/rule') as typeof Format });

/** Writes a rule as nft does. It is led to from here, so that what it has in common with the collections stays in one file with them. */
export const textOfRule: typeof Format.formatRule = (rule, options) => parts.format.formatRule(rule, options);

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
   * error of the first thing that was refused. Elements of a set that was not added before in the batch are refused in furnish, since its types have to be
   * asked for; with ERESTART if others keep changing the rules meanwhile.
   */
  batch(fill: (nft: NftBatch) => void): Promise<void> {
    return asked(() => {
      const parts = partsOf(fill);
      return parts.length === 0 ? Promise.resolve() : sendParts(this.handle, parts);
    });
  }
}

const RULESET = '{ tables: [], chains: [], objects: [], flowtables: [], sets: [], rules: [] }';

/** A filter that says nothing is none. */
function withoutUndefined<Filter extends object>(filter: Filter | undefined): Filter | undefined {
  if (filter === undefined) return undefined;
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as Filter;
}

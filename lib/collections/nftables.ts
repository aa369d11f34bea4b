/* eslint-disable @typescript-eslint/no-require-imports -- the text of rules and owners of tables are loaded when they are first asked for */
import type { NamespaceHandle } from '../namespace/handle';
import { readOnce } from '../once';
import type * as Format from '../protocol/netfilter/nftables/format/rule';
import type { NftGeneration } from '../protocol/netfilter/nftables/generation';
import type { NftRuleset, NftRulesetFilter, NftRulesetOptions } from '../protocol/netfilter/nftables/ruleset-options';
import { asked, askedLater } from '../transport/trip';
import { whenNeeded } from '../when-needed';
import type { NftBatch } from './nftables-batch';
import { filterOnce } from './nftables-checks';
import { generationsOf, type NftWatchOptions } from './nftables-generations';
import type * as Owner from './nftables-owner';
import type { NftOwner } from './nftables-owner';
import { NftPacketRules, sendAsked } from './nftables-packet-rules';
import { replaceIn, rulesetIn, rulesetOnce } from './nftables-ruleset';

const parts = whenNeeded({
  format: () => require('../protocol/netfilter/nftables/format/rule') as typeof Format,
  owner: () => require('./nftables-owner') as typeof Owner,
});

/** Writes a rule as nft does. It is led to from here, so that what it has in common with the collections stays in one file with them. */
export const textOfRule: typeof Format.formatRule = (rule, options) => parts.format.formatRule(rule, options);

/** Packet rules: nf_tables, which `nft list ruleset` shows. */
export class NftablesCollection extends NftPacketRules {
  /** @internal */
  constructor(
    private readonly namespace: NamespaceHandle,
    owner: object | undefined,
    what: string,
  ) {
    super(namespace, owner, what);
  }

  /**
   * All packet rules of one state: tables, chains, objects, flowtables, sets with their elements, rules, each as its own list has them. With a filter those
   * of one family or of one table alone. `replaceRuleset` takes it back.
   */
  ruleset(filter?: NftRulesetFilter): Promise<NftRuleset> {
    return asked(() => {
      const given = filterOnce(filter, 'ruleset');
      return this.handle.exclusive('nftables.ruleset', (inside) => rulesetIn(inside, given));
    });
  }

  /**
   * Puts a ruleset in place of all that is there, as a whole: no packet meets half of it. Of one with `family` or `table` only these tables are
   * replaced, others stay. Handles are passed over. Rejects, and changes nothing, if something cannot be written back; with EPERM if one of the
   * tables to be replaced is owned by another socket ({@link owner}), where `nft flush ruleset` would leave it.
   */
  replaceRuleset(ruleset: NftRulesetOptions): Promise<void> {
    return asked(() => {
      const given = rulesetOnce(ruleset);
      return this.handle.exclusive('nftables.replaceRuleset', (inside) => replaceIn(inside, given));
    });
  }

  /**
   * The states of the packet rules, each a change that some process made: first the one of now, then each that comes. The loop ends with the
   * namespace's handle, or the signal.
   */
  watch(options?: NftWatchOptions): AsyncGenerator<NftGeneration, void, undefined> {
    return generationsOf(this.namespace, readOnce(options), this.keeps);
  }

  /**
   * Has the kernel do all that a function asks for, or nothing of it: one batch, however large. The function is synchronous. Rejects with the
   * error of the first thing that was refused. Elements of a set that was not added before in the batch are refused in furnish, since its types have to be
   * asked for; with ERESTART if others keep changing the rules meanwhile.
   */
  batch(fill: (nft: NftBatch) => void): Promise<void> {
    return asked(() => sendAsked(this.handle, fill));
  }

  /**
   * Resolves with a handle that has a netlink socket of its own, and owns the tables that are added with it: no other socket may change them, not even of this
   * process, and they go when the handle is closed or garbage-collected, or the process ends: `await using owner = await host.nftables.owner()`. Rejects with EPERM
   * without CAP_NET_ADMIN. Since Linux 5.12.
   */
  owner(): Promise<NftOwner> {
    return askedLater(() => parts.owner.openOwner(this.namespace, this));
  }
}

import { show, wrongType } from '../errors';
import { optionsOnce } from '../once';
import { newChain, type NftChainOptions } from '../protocol/netfilter/nftables/chain';
import { nftablesBatch } from '../protocol/netfilter/nftables/nftables';
import { newRule } from '../protocol/netfilter/nftables/rule';
import type { NftRuleOptions } from '../protocol/netfilter/nftables/rule-options';
import { deleteTable, newTable, type NftTableOptions } from '../protocol/netfilter/nftables/table';
import type { Request } from '../protocol/netlink';
import { asked } from '../transport/trip';
import { NftRuleCollection } from './nftables-rules';
import { NftElementCollection, NftSetCollection } from './nftables-sets';
import { newSet } from '../protocol/netfilter/nftables/sets/set';
import type { NftSetOptions } from '../protocol/netfilter/nftables/sets/set-options';
import type { NamespaceHandle } from '../namespace/handle';
import { Collection } from './collection';

/** What a table's own collections know already. */
type InTable<Options> = Omit<Options, 'family' | 'table'>;

/** A table that a batch adds, with what is added to it. */
export interface NftTableScope {
  /** Its chains. */
  readonly chains: { add(options: InTable<NftChainOptions>): void };
  /** Its rules. */
  readonly rules: { add(options: InTable<NftRuleOptions>): void };
  /** Its sets and maps. */
  readonly sets: { add(options: InTable<NftSetOptions>): void };
}

/** What one batch does, in this order. */
export interface NftBatch {
  /** Tables. */
  readonly tables: {
    /** Adds a table; one that is there stays as it is. */
    add(options: NftTableOptions): NftTableScope;
    /** Deletes a table with all that is in it. The batch is refused with ENOENT if there is none. */
    delete(options: NftTableOptions): void;
  };
  /** Chains of any table. */
  readonly chains: { add(options: NftChainOptions): void };
  /** Rules of any chain. */
  readonly rules: { add(options: NftRuleOptions): void };
  /** Sets and maps of any table. */
  readonly sets: { add(options: NftSetOptions): void };
}

/** Packet rules: nf_tables, which `nft list ruleset` shows. */
export class NftablesCollection extends Collection {
  /** What chains do, one after the other. */
  readonly rules: NftRuleCollection;
  /** Sets and maps that rules look something up in. */
  readonly sets: NftSetCollection;
  /** What is in those. */
  readonly elements: NftElementCollection;

  /** @internal */
  constructor(handle: NamespaceHandle, owner: object | undefined, what: string) {
    super(handle, owner, what);
    this.rules = new NftRuleCollection(handle, owner, `${what}.rules`);
    this.sets = new NftSetCollection(handle, owner, `${what}.sets`);
    this.elements = new NftElementCollection(handle, owner, `${what}.elements`);
  }

  /**
   * Has the kernel do all that a function asks for, or nothing of it: one batch, however large. The function is synchronous. Rejects with the
   * error of the first thing that was refused.
   */
  batch(fill: (nft: NftBatch) => void): Promise<void> {
    return asked(() => {
      if (typeof (fill as unknown) !== 'function') throw wrongType(`must be a function, not ${show(fill)}`, 'fill');
      const requests: Request[] = [];
      const ask: (nft: NftBatch) => unknown = fill;
      const returned = ask(batchOf(requests));
      if (isThenable(returned)) {
        void Promise.resolve(returned).catch(() => undefined);
        throw wrongType('must be synchronous: what it asks for later would not be part of the batch', 'fill');
      }
      if (requests.length === 0) return Promise.resolve();
      return this.handle.transport.sendWhole(requests, nftablesBatch);
    });
  }
}

function batchOf(requests: Request[]): NftBatch {
  const push = <Options extends object>(request: (options: Options) => Request | Request[]) => ({
    add(options: Options): void {
      requests.push(...[request(optionsOnce(options, '{ ... }'))].flat());
    },
  });
  return {
    tables: {
      add(options) {
        const given = optionsOnce(options, "{ family: 'inet', name: 'shop' }");
        requests.push(newTable(given));
        const { family, name: table } = given;
        return {
          chains: push((chain: InTable<NftChainOptions>) => newChain({ ...chain, family, table })),
          rules: push((rule: InTable<NftRuleOptions>) => newRule({ ...rule, family, table })),
          sets: push((set: InTable<NftSetOptions>) => newSet({ ...set, family, table })),
        };
      },
      delete(options) {
        requests.push(deleteTable(optionsOnce(options, "{ family: 'inet', name: 'shop' }")));
      },
    },
    chains: push(newChain),
    rules: push((rule: NftRuleOptions) => newRule(rule)),
    sets: push(newSet),
  };
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

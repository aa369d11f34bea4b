import { inspect } from 'node:util';

import type { NamespaceHandle } from '../namespace/handle';
import { getPort } from '../protocol/netfilter/nftables/generation';
import type { NftRuleset, NftRulesetFilter, NftRulesetOptions } from '../protocol/netfilter/nftables/ruleset-options';
import { asked } from '../transport/trip';
import { one } from './elements';
import type { NftBatch } from './nftables-batch';
import { filterOnce } from './nftables-checks';
import { NftPacketRules, sendAsked } from './nftables-packet-rules';
import { OwnerHandle } from './nftables-owner-handle';
import { replaceIn, rulesetIn, rulesetOnce } from './nftables-ruleset';

/**
 * The owner of tables of packet rules: {@link NftablesCollection.owner}. It has the collections and the batch of `nftables`, over a netlink socket that
 * nothing else uses. Tables that are added with it are its own: the kernel refuses changes by other sockets with EPERM, and deletes the tables when the
 * socket is closed: by {@link close}, with the handle of the namespace, when this object is garbage-collected, and when the process ends or is killed.
 *
 * Its calls are in order among themselves, not with those of the namespace. Lists have all tables; those that it owns have {@link port} as `owner`.
 */
export class NftOwner extends NftPacketRules implements AsyncDisposable {
  /** The port of its socket, which its tables have as `owner`. NFTA_TABLE_OWNER. */
  readonly port: number;

  /** @internal */
  constructor(
    private readonly own: OwnerHandle & { readonly port: number },
    /** What is not collected before. */
    protected readonly namespace: object,
  ) {
    super(own, undefined, 'nftables.owner');
    this.port = own.port;
    forgotten.register(this, own);
  }

  /**
   * Has the kernel do all that a function asks for, or nothing of it: one batch, however large. The function is synchronous. Rejects with the
   * error of the first thing that was refused; with ERESTART if others keep changing the rules while it asks what sets take.
   */
  batch(fill: (nft: NftBatch) => void): Promise<void> {
    return asked(() => sendAsked(this.handle, fill));
  }

  /** As `nftables.ruleset`, of the tables that it owns. */
  ruleset(filter?: NftRulesetFilter): Promise<NftRuleset> {
    return asked(() => {
      const given = filterOnce(filter, 'ruleset');
      return this.own.exclusive('nftables.owner.ruleset', (inside) => rulesetIn(inside, given, this.port));
    });
  }

  /**
   * As `nftables.replaceRuleset`, in place of the tables that it owns: others stay. A table that has outlived its owner, and that the ruleset has
   * with 'persist', is replaced as well, and owned from then on. Rejects if the ruleset has a table that is there otherwise.
   */
  replaceRuleset(ruleset: NftRulesetOptions): Promise<void> {
    return asked(() => {
      const given = rulesetOnce(ruleset);
      return this.own.exclusive('nftables.owner.replaceRuleset', (inside) => replaceIn(inside, given, this.port));
    });
  }

  /**
   * Closes the socket, behind what was asked before, and resolves when the tables that it owns are gone; those with 'persist' stay, without an owner.
   * What is asked later rejects with EBADF.
   */
  close(): Promise<void> {
    return this.own.end();
  }

  /** As {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What console.log shows. */
  override [inspect.custom](): string {
    return `NftOwner(port ${String(this.port)}, ${this.own.where.text}${this.own.isClosed ? ', closed' : ''})`;
  }
}

/** Closes what a program forgot to close. */
const forgotten = new FinalizationRegistry<OwnerHandle>((own) => {
  void own.end();
});

/** Opens the socket of an owner. Rejects with EPERM without CAP_NET_ADMIN. The namespace lives as long as the owner. */
export async function openOwner(handle: NamespaceHandle, namespace: object): Promise<NftOwner> {
  const own = await OwnerHandle.open(handle);
  try {
    own.port = await one(own.transport.query(getPort()));
    return new NftOwner(own as OwnerHandle & { port: number }, namespace);
  } catch (error) {
    await own.end();
    throw error;
  }
}

import { asked } from '../transport/trip';
import { Collection } from './collection';
import { sendParts } from './batch-parts';
import { partsOf } from './filled-batch';
import type { NftBatch } from './nftables-batch';
import { NftChainCollection } from './nftables-chains';
import type { NftHandle } from './nftables-collection';
import { NftElementCollection } from './nftables-elements';
import { NftFlowtableCollection } from './nftables-flowtables';
import { NftObjectCollection } from './nftables-objects';
import { NftRuleCollection } from './nftables-rules';
import { NftSetCollection } from './nftables-sets';
import { NftTableCollection } from './nftables-tables';

/** What packet rules consist of, and the batch that changes several of them. */
export abstract class NftPacketRules extends Collection<NftHandle> {
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
  constructor(handle: NftHandle, owner: object | undefined, what: string) {
    super(handle, owner, what);
    // Each keeps what it is of, and that its own owner.
    this.tables = new NftTableCollection(handle, this, `${what}.tables`);
    this.chains = new NftChainCollection(handle, this, `${what}.chains`);
    this.rules = new NftRuleCollection(handle, this, `${what}.rules`);
    this.sets = new NftSetCollection(handle, this, `${what}.sets`);
    this.elements = new NftElementCollection(handle, this, `${what}.elements`);
    this.objects = new NftObjectCollection(handle, this, `${what}.objects`);
    this.flowtables = new NftFlowtableCollection(handle, this, `${what}.flowtables`);
  }

  /**
   * Has the kernel do all that a function asks for, or nothing of it: one batch, however large. The function is synchronous. Rejects with the
   * error of the first thing that was refused. Elements of a set that was not added before in the batch are refused in furnish, since its types have to be
   * asked for; with ERESTART if others keep changing the rules meanwhile.
   */
  batch(fill: (nft: NftBatch) => void): Promise<void> {
    return asked(() => {
      const parts = partsOf(fill, this.handle.port !== undefined);
      return parts.length === 0 ? Promise.resolve() : sendParts(this.handle, parts);
    });
  }
}

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

/** What packet rules consist of. */
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
  constructor(handle: NftHandle, keeps: object | undefined, what: string) {
    super(handle, keeps, what);
    // That which nothing else is to keep lives as long as what it consists of.
    const kept = keeps ?? this;
    this.tables = new NftTableCollection(handle, kept, `${what}.tables`);
    this.chains = new NftChainCollection(handle, kept, `${what}.chains`);
    this.rules = new NftRuleCollection(handle, kept, `${what}.rules`);
    this.sets = new NftSetCollection(handle, kept, `${what}.sets`);
    this.elements = new NftElementCollection(handle, kept, `${what}.elements`);
    this.objects = new NftObjectCollection(handle, kept, `${what}.objects`);
    this.flowtables = new NftFlowtableCollection(handle, kept, `${what}.flowtables`);
  }
}

/** Has the kernel do all that a function asks for, or nothing of it. */
export function sendAsked(handle: NftHandle, fill: (nft: NftBatch) => void): Promise<void> {
  const parts = partsOf(fill, handle.port !== undefined);
  // A handle that is closed refuses an empty batch as well.
  return parts.length === 0 ? handle.exclusive('nftables.batch', () => Promise.resolve()) : sendParts(handle, parts);
}

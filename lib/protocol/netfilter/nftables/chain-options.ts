import type { UnknownAttribute } from '../../../codec';
import type { NftFamily } from '../netfilter';
import type { NftCounter } from './statements/action-options';

/** Where packets come to a base chain. */
export type NftHook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'ingress' | 'egress';

/** A priority that has a name. */
export type NftPriority = 'raw' | 'mangle' | 'dstnat' | 'filter' | 'security' | 'srcnat' | 'out';

/** What becomes of packets for which no rule decides. */
export type NftPolicy = 'drop' | 'accept';

/** What a chain is: 'offload', devices apply its rules by themselves; 'binding', it has no name of its own, and ends with the rule that leads to it. */
export type NftChainFlag = 'offload' | 'binding';

/** Selects a chain. */
export interface NftChainKey {
  /** The family of its table: 'inet'. */
  family: NftFamily;
  /** Its table. NFTA_CHAIN_TABLE. */
  table: string;
  /** Its name in the table. NFTA_CHAIN_NAME. */
  name: string;
}

/** A chain to be made. With `type`, `hook` and `priority` it is a base chain, to which the kernel passes packets. */
export interface NftChainOptions extends NftChainKey {
  /** What it is for: 'filter', 'nat' or 'route'. NFTA_CHAIN_TYPE. */
  type?: 'filter' | 'nat' | 'route' | undefined;
  /** Where packets come to it. NFTA_HOOK_HOOKNUM. */
  hook?: NftHook | undefined;
  /** When it has its turn among the chains of the hook, by its name or as a number: lower ones are first. NFTA_HOOK_PRIORITY. */
  priority?: NftPriority | number | undefined;
  /** What becomes of packets for which no rule decides; for a new base chain 'accept' by default. Of a chain that is there it can be given alone. NFTA_CHAIN_POLICY. */
  policy?: NftPolicy | undefined;
  /** The names of the links whose packets it sees, where its hook is 'ingress' or 'egress'. NFTA_HOOK_DEVS, since 5.5. */
  devices?: readonly string[] | undefined;
  /** `['offload']`: its devices apply its rules by themselves; they have to be able to. 'binding' is refused. NFTA_CHAIN_FLAGS, since 5.4. */
  flags?: readonly NftChainFlag[] | undefined;
  /** Counts packets for which no rule decided, as iptables has it. NFTA_CHAIN_COUNTERS. */
  counter?: NftCounter | undefined;
  /** A text of at most 127 bytes, of a new chain. NFTA_CHAIN_USERDATA. */
  comment?: string | undefined;
  /** What a program other than nft keeps with it. NFTA_CHAIN_USERDATA. */
  userData?: Uint8Array | undefined;
}

/** A chain as the kernel describes it. Can be added again as it is. */
export interface NftChain extends NftChainKey {
  /** What it is for; absent if it is no base chain. NFTA_CHAIN_TYPE. */
  type?: 'filter' | 'nat' | 'route';
  /** Where packets come to it. NFTA_HOOK_HOOKNUM. */
  hook?: NftHook;
  /** When it has its turn among the chains of the hook: lower ones are first. NFTA_HOOK_PRIORITY. */
  priority?: NftPriority | number;
  /** What becomes of packets for which no rule decides. NFTA_CHAIN_POLICY. */
  policy?: NftPolicy;
  /** The links whose packets it sees. NFTA_HOOK_DEVS. */
  devices?: readonly string[];
  /** What it is; absent if nothing special. NFTA_CHAIN_FLAGS. */
  flags?: readonly NftChainFlag[];
  /** What it counted of packets for which no rule decided; absent unless it counts. NFTA_CHAIN_COUNTERS. */
  counter?: NftCounter;
  /** Its comment. NFTA_CHAIN_USERDATA. */
  comment?: string;
  /** What is kept with it, where that is more than a comment. NFTA_CHAIN_USERDATA. */
  userData?: Uint8Array;
  /** The number that the kernel gave it. NFTA_CHAIN_HANDLE. */
  handle: number;
  /** How many rules it has, and elsewhere lead to it. NFTA_CHAIN_USE. */
  use: number;
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[];
}

/** Which chains a list has. */
export interface NftChainFilter {
  /** Those of tables of this family. The kernel selects them. */
  family?: NftFamily | undefined;
  /** Those of this table. */
  table?: string | undefined;
}

import type { NftFamily } from '../netfilter';

/** Where packets come to a base chain. */
export type NftHook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'ingress' | 'egress';

/** A priority that has a name. */
export type NftPriority = 'raw' | 'mangle' | 'dstnat' | 'filter' | 'security' | 'srcnat' | 'out';

/** What becomes of packets for which no rule decides. */
export type NftPolicy = 'drop' | 'accept';

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
  /** What becomes of packets for which no rule decides; for a new chain 'accept' by default. NFTA_CHAIN_POLICY. */
  policy?: NftPolicy | undefined;
  /** The names of the links whose packets it sees, where its hook is 'ingress' or 'egress'. NFTA_HOOK_DEVS, since 5.5. */
  devices?: readonly string[] | undefined;
  /** A text of at most 127 bytes, of a new chain. NFTA_CHAIN_USERDATA. */
  comment?: string | undefined;
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
  /** Its comment. NFTA_CHAIN_USERDATA. */
  comment?: string;
  /** The number that the kernel gave it. NFTA_CHAIN_HANDLE. */
  handle: number;
  /** How many rules it has, and elsewhere lead to it. NFTA_CHAIN_USE. */
  use: number;
}

/** Which chains a list has. */
export interface NftChainFilter {
  /** Those of tables of this family. The kernel selects them. */
  family?: NftFamily | undefined;
  /** Those of this table. */
  table?: string | undefined;
}

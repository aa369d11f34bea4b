import type { UnknownAttribute } from '../../../codec';
import type { NftFamily } from '../netfilter';

/** What a flowtable does besides: 'offload', devices carry packets on by themselves; 'counter', connections count what it carries. */
export type NftFlowtableFlag = 'offload' | 'counter';

/** Selects a flowtable. */
export interface NftFlowtableKey {
  /** The family of its table: 'ip', 'ip6' or 'inet'. */
  family: NftFamily;
  /** Its table. NFTA_FLOWTABLE_TABLE. */
  table: string;
  /** Its name in the table. NFTA_FLOWTABLE_NAME. */
  name: string;
}

/** A flowtable to be made: packets of connections that rules give it are carried on without the rules. Since 4.16. */
export interface NftFlowtableOptions extends NftFlowtableKey {
  /** Where packets come to it: there is no other place. NFTA_FLOWTABLE_HOOK_NUM. */
  hook?: 'ingress' | undefined;
  /** When it has its turn among what is at the hook: lower ones are first; 'filter' (0) by default. NFTA_FLOWTABLE_HOOK_PRIORITY. */
  priority?: 'filter' | number | undefined;
  /** The names of the links between which it carries packets. NFTA_FLOWTABLE_HOOK_DEVS. */
  devices?: readonly string[] | undefined;
  /** What it does besides. NFTA_FLOWTABLE_FLAGS, 'offload' since 5.5, 'counter' since 5.7. */
  flags?: readonly NftFlowtableFlag[] | undefined;
}

/** A flowtable as the kernel describes it. Can be added again as it is. */
export interface NftFlowtable extends NftFlowtableKey {
  /** Where packets come to it. NFTA_FLOWTABLE_HOOK_NUM. */
  hook: 'ingress';
  /** When it has its turn among what is at the hook: lower ones are first. NFTA_FLOWTABLE_HOOK_PRIORITY. */
  priority: 'filter' | number;
  /** The names of the links between which it carries packets. NFTA_FLOWTABLE_HOOK_DEVS. */
  devices?: readonly string[];
  /** What it does besides; absent if nothing. NFTA_FLOWTABLE_FLAGS. */
  flags?: readonly NftFlowtableFlag[];
  /** The number that the kernel gave it. NFTA_FLOWTABLE_HANDLE. */
  handle: number;
  /** How many rules refer to it. NFTA_FLOWTABLE_USE. */
  use: number;
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[];
}

/** Which flowtables a list has. The kernel selects them. */
export interface NftFlowtableFilter {
  /** Those of tables of this family. */
  family?: NftFamily | undefined;
  /** Those of this table. NFTA_FLOWTABLE_TABLE. */
  table?: string | undefined;
}

import type { UnknownAttribute, OptionsOf, RowOf } from '../../../../codec';
import type { NftFamily } from '../../netfilter';
import type {
  counterFields,
  ctCountFields,
  ctExpectationFields,
  ctHelperFields,
  ctTimeoutFields,
  limitFields,
  quotaFields,
  secmarkFields,
  synproxyFields,
} from './kinds';
import type { objectTypes } from './kinds';

/** A kind of stateful object, in nft's words. */
export type NftObjectKind = keyof typeof objectTypes;

/** What every object has. */
export interface NftObjectCommonOptions {
  /** The family of its table. */
  family: NftFamily;
  /** Its table. NFTA_OBJ_TABLE. */
  table: string;
  /** Its name in the table, among the objects of its kind. NFTA_OBJ_NAME. */
  name: string;
  /** A text of at most 127 bytes. NFTA_OBJ_USERDATA. */
  comment?: string | undefined;
  /** What a program other than nft keeps with it, in place of a comment. NFTA_OBJ_USERDATA. */
  userData?: Uint8Array | undefined;
}

/** What the kernel tells of every object. */
export interface NftObjectCommon {
  /** The family of its table. */
  family: NftFamily;
  /** Its table. NFTA_OBJ_TABLE. */
  table: string;
  /** Its name in the table, among the objects of its kind. NFTA_OBJ_NAME. */
  name: string;
  /** Its comment. NFTA_OBJ_USERDATA. */
  comment?: string;
  /** What is kept with it, where that is more than a comment. NFTA_OBJ_USERDATA. */
  userData?: Uint8Array;
  /** The number that the kernel gave it. NFTA_OBJ_HANDLE. */
  handle: number;
  /** How many rules and elements of maps refer to it. NFTA_OBJ_USE. */
  use: number;
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[];
  /** Attributes of its kind that this library has no name for. */
  unknownKindAttributes?: UnknownAttribute[];
}

/** A counter to be made, which rules count in together. `counter NAME { packets 3 bytes 200 }`. */
export interface NftCounterObjectOptions extends NftObjectCommonOptions, OptionsOf<typeof counterFields> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'counter';
}

/** A counter as the kernel describes it. */
export interface NftCounterObject extends NftObjectCommon, Omit<RowOf<typeof counterFields>, 'unknownAttributes'> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'counter';
}

/** A quota to be made: so many bytes, which rules use up together. `quota NAME { over 1 mbytes }`. */
export interface NftQuotaObjectOptions extends NftObjectCommonOptions, OptionsOf<typeof quotaFields> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'quota';
}

/** A quota as the kernel describes it. */
export interface NftQuotaObject extends NftObjectCommon, Omit<RowOf<typeof quotaFields>, 'unknownAttributes'> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'quota';
}

/** A limit to be made: so many packets in a time, for rules together. `limit NAME { rate 10/second }`. */
export interface NftLimitObjectOptions extends NftObjectCommonOptions, OptionsOf<typeof limitFields> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'limit';
}

/** A limit as the kernel describes it. */
export interface NftLimitObject extends NftObjectCommon, Omit<RowOf<typeof limitFields>, 'unknownAttributes'> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'limit';
}

/** A number of connections to be made an object, for rules together; nft has none. */
export interface NftCtCountObjectOptions extends NftObjectCommonOptions, OptionsOf<typeof ctCountFields> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'ctCount';
}

/** A number of connections as the kernel describes it. */
export interface NftCtCountObject extends NftObjectCommon, Omit<RowOf<typeof ctCountFields>, 'unknownAttributes'> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'ctCount';
}

/** A helper to be made, which knows the connections that others bring about. `ct helper NAME { type "ftp" protocol tcp; }`. */
export interface NftCtHelperObjectOptions extends NftObjectCommonOptions, OptionsOf<typeof ctHelperFields> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'ctHelper';
}

/** A helper as the kernel describes it. */
export interface NftCtHelperObject extends NftObjectCommon, Omit<RowOf<typeof ctHelperFields>, 'unknownAttributes'> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'ctHelper';
}

/** Time-outs of connections to be made. `ct timeout NAME { protocol tcp; policy = { established : 100 } }`. */
export interface NftCtTimeoutObjectOptions extends NftObjectCommonOptions, OptionsOf<typeof ctTimeoutFields> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'ctTimeout';
}

/** Time-outs of connections as the kernel describes them: of all states. */
export interface NftCtTimeoutObject extends NftObjectCommon, Omit<RowOf<typeof ctTimeoutFields>, 'unknownAttributes'> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'ctTimeout';
}

/** Expected connections to be made an object. `ct expectation NAME { protocol udp; dport 9876; timeout 2m; size 12; }`. */
export interface NftCtExpectationObjectOptions extends NftObjectCommonOptions, OptionsOf<typeof ctExpectationFields> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'ctExpectation';
}

/** Expected connections as the kernel describes them. */
export interface NftCtExpectationObject
  extends NftObjectCommon, Omit<RowOf<typeof ctExpectationFields>, 'unknownAttributes'> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'ctExpectation';
}

/** A SYN proxy to be made, which answers in place of servers until a client is known to be there. `synproxy NAME { mss 1460; wscale 7; }`. */
export interface NftSynproxyObjectOptions extends NftObjectCommonOptions, OptionsOf<typeof synproxyFields> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'synproxy';
}

/** A SYN proxy as the kernel describes it. */
export interface NftSynproxyObject extends NftObjectCommon, Omit<RowOf<typeof synproxyFields>, 'unknownAttributes'> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'synproxy';
}

/** A security context to be made an object. `secmark NAME { "system_u:object_r:ssh_server_packet_t:s0" }`. */
export interface NftSecmarkObjectOptions extends NftObjectCommonOptions, OptionsOf<typeof secmarkFields> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'secmark';
}

/** A security context as the kernel describes it. */
export interface NftSecmarkObject extends NftObjectCommon, Omit<RowOf<typeof secmarkFields>, 'unknownAttributes'> {
  /** What kind of object it is. NFTA_OBJ_TYPE. */
  kind: 'secmark';
}

/** An object to be made of a kind whose properties have no words here. */
export interface NftOtherObjectOptions extends NftObjectCommonOptions {
  /** What kind of object it is: 'tunnel', or the kernel's number. NFTA_OBJ_TYPE. */
  kind: 'tunnel' | number;
  /** What only this kind has, as the kernel has it. NFTA_OBJ_DATA. */
  data?: Uint8Array | undefined;
}

/** An object of a kind whose properties have no words here. */
export interface NftOtherObject extends NftObjectCommon {
  /** What kind of object it is: 'tunnel', or the kernel's number. NFTA_OBJ_TYPE. */
  kind: 'tunnel' | number;
  /** What only this kind has, as the kernel has it. NFTA_OBJ_DATA. */
  data?: Uint8Array;
}

/** A stateful object to be made, with the options of its `kind`. */
export type NftObjectOptions =
  | NftCounterObjectOptions
  | NftQuotaObjectOptions
  | NftLimitObjectOptions
  | NftCtCountObjectOptions
  | NftCtHelperObjectOptions
  | NftCtTimeoutObjectOptions
  | NftCtExpectationObjectOptions
  | NftSynproxyObjectOptions
  | NftSecmarkObjectOptions
  | NftOtherObjectOptions;

/** A stateful object as the kernel describes it, with the properties of its `kind`. Can be added again as it is. */
export type NftObject =
  | NftCounterObject
  | NftQuotaObject
  | NftLimitObject
  | NftCtCountObject
  | NftCtHelperObject
  | NftCtTimeoutObject
  | NftCtExpectationObject
  | NftSynproxyObject
  | NftSecmarkObject
  | NftOtherObject;

/** Selects an object. */
export interface NftObjectKey {
  /** The family of its table. */
  family: NftFamily;
  /** Its table. NFTA_OBJ_TABLE. */
  table: string;
  /** Its kind: names are those of a kind. NFTA_OBJ_TYPE. */
  kind: NftObjectKind | number;
  /** Its name. NFTA_OBJ_NAME. */
  name: string;
}

/** Which objects a list has. The kernel selects them, but by name. */
export interface NftObjectFilter {
  /** Those of tables of this family. */
  family?: NftFamily | undefined;
  /** Those of this table. NFTA_OBJ_TABLE. */
  table?: string | undefined;
  /** Those of this kind. NFTA_OBJ_TYPE. */
  kind?: NftObjectKind | number | undefined;
  /** Those of this name. */
  name?: string | undefined;
}

/** Which counters and quotas begin anew. */
export interface NftObjectReset {
  /** Those of a table of this family. */
  family: NftFamily;
  /** Those of this table. NFTA_OBJ_TABLE. */
  table: string;
  /** Those of this kind; both by default. NFTA_OBJ_TYPE. */
  kind?: 'counter' | 'quota' | undefined;
  /** The one of this name. NFTA_OBJ_NAME. */
  name?: string | undefined;
}

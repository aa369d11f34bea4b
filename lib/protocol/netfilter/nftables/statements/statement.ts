import type { Selectors } from '../selectors';
import type { Selector } from '../selectors/selector';
import type { SelectorFamily } from '../selectors/family';
import type {
  NftConnectionCount,
  NftCounter,
  NftDup,
  NftForward,
  NftLimit,
  NftLog,
  NftNat,
  NftOwnNat,
  NftQueue,
  NftQuota,
  NftReject,
  NftSetUpdate,
  NftSynproxy,
  NftTproxy,
} from './action-options';
import type { NftTest } from './field-test';
import type { NftChanged } from './source-options';
import type { NftTcpOption, NftWrite } from './write-options';

/** One of the properties of a type. */
export type NftOne<T, K extends keyof T> = { [P in K]: T[P] };

/** One property of several. */
export type NftOneOf<T> = { [K in keyof T]: NftOne<T, K> }[keyof T];

/** What the values of a selector are. */
export type ValueOf<S> = S extends { byNumber: Selector<infer N>; type: { format(bytes: never): infer V } }
  ? N | V
  : S extends { type: { format(bytes: never): infer V } }
    ? V
    : never;

/** Of flags one alone need not stand in an array. */
type AskedOf<Value> = Value extends readonly (infer Flag)[] ? Value | Flag : Value;

/** The tests of selectors, by their names. */
type Tests<Tree> = {
  -readonly [K in keyof Tree]: Tree[K] extends { load: object }
    ? NftTest<AskedOf<ValueOf<Tree[K]>>>
    : Tree[K] extends SelectorFamily<infer Parameters, infer Results>
      ? Parameters & NftOneOf<Results>
      : NftOneOf<Tests<Tree[K]>>;
};

/** What is asked of a packet: one thing. `{ ip: { source: '10.1.0.0/16' } }`, `{ mark: 5 }`. */
export type NftMatch = NftOneOf<Tests<Selectors>>;

type Paths<Tree> = {
  [K in keyof Tree & string]: Tree[K] extends { load: object }
    ? K
    : {
        [P in K]: Tree[K] extends SelectorFamily<infer Parameters, infer Results>
          ? Parameters & ResultOf<Results>
          : Paths<Tree[K]>;
      };
}[keyof Tree & string];

/** Which of several results is meant; where there is but one it need not be said. */
type ResultOf<Results> = 'value' extends keyof Results
  ? { result?: keyof Results | undefined }
  : 'id' extends keyof Results
    ? { result?: keyof Results | undefined }
    : { result: keyof Results };

/** Something of a packet: 'mark', `{ ip: 'source' }`, `{ ct: { original: 'source' } }`, or with its bits changed `{ of: 'mark', and: 0xff }`. */
export type NftField = Paths<Selectors> | NftChanged;

/** Goes on with another chain, and comes back. */
export interface NftJump {
  /** The chain. NFTA_VERDICT_CHAIN. */
  jump: string;
}

/** Goes on with another chain, and does not come back. */
export interface NftGoto {
  /** The chain. NFTA_VERDICT_CHAIN. */
  goto: string;
}

/**
 * What becomes of a packet: 'accept' ends the chains of this hook, 'drop' the packet; 'continue' goes on with the next rule, 'return' with
 * the chain that this one was jumped to from.
 */
export type NftVerdict = 'accept' | 'drop' | 'continue' | 'return' | NftJump | NftGoto;

/** A field, or several whose values stand together. */
export type NftKey = NftField | readonly NftField[];

/** A set by its name. */
export interface NftNamedSet {
  /** Its name in the table. NFTA_LOOKUP_SET. */
  set: string;
  /** Whether it has ranges, by the flag 'interval', among which numbers of the host such as marks are in another order; false by default. */
  interval?: boolean | undefined;
}

/** Values from one to another. */
export interface NftValueRange {
  /** The first of them. */
  from: string | number;
  /** The last of them. */
  to: string | number;
}

/** One of the values that stand together. */
export type NftPart = string | number | readonly string[] | NftValueRange;

/** Values that stand together: each an array of one for each field, or those of a set. */
export type NftTogether = readonly (readonly NftPart[])[] | NftNamedSet;

/** None of these. */
export interface NftNotTogether {
  /** What they must not be. */
  not: NftTogether;
}

/** What several fields have to be together. */
export interface NftConcatenation {
  /** The fields: `[{ ip: 'source' }, { tcp: 'destinationPort' }]`. */
  concatenation: readonly NftField[];
  /** What their values have to be among. */
  in: NftTogether | NftNotTogether;
}

/** A verdict of a map. */
export interface NftVerdictOf {
  /** A value of the field, or an array of those that stand together. NFTA_SET_ELEM_KEY. */
  key: unknown;
  /** What becomes of the packet. NFTA_SET_ELEM_DATA. */
  verdict: NftVerdict;
}

/** A verdict by a value of the packet: from a map with a name, or of the elements. */
export interface NftVerdictMap {
  /** What is looked up. */
  key: NftKey;
  /** The map, by its name. NFTA_LOOKUP_SET. */
  set?: string | undefined;
  /** Whether that has ranges, by the flag 'interval', among which numbers of the host such as marks are in another order; false by default. */
  interval?: boolean | undefined;
  /** The verdicts, in place of a map with a name. */
  elements?: readonly NftVerdictOf[] | undefined;
}

/** An expression as the kernel has it; it has further properties, which are written back as they were listed. */
export interface NftRawExpression {
  /** What it is, in the kernel's word: 'immediate'. NFTA_EXPR_NAME. */
  kind?: string | undefined;
}

/** A set without a name, as the kernel has it. */
export interface NftRawSet {
  /** What it is called in the expressions beside it. */
  name: string;
  /** What it is. */
  values: object;
  /** What is in it. */
  elements: readonly object[];
}

/** What has no words here, as the kernel has it. */
export interface NftRaw {
  /** One behind the other. NFTA_RULE_EXPRESSIONS. */
  expressions: readonly NftRawExpression[];
  /** The sets without names that they look something up in. */
  sets?: readonly NftRawSet[] | undefined;
}

/** An object of a map. */
export interface NftObjectOf {
  /** A value of the field, or an array of those that stand together. NFTA_SET_ELEM_KEY. */
  key: unknown;
  /** The name of the object. NFTA_SET_ELEM_OBJREF. */
  object: string;
}

/** An object by a value of the packet: from a map with a name, or of the elements. `counter name ip saddr map @visits`. */
export interface NftObjectMap {
  /** What is looked up. */
  key: NftKey;
  /** The map, by its name. NFTA_OBJREF_SET_NAME. */
  set?: string | undefined;
  /** Whether that has ranges, by the flag 'interval', among which numbers of the host such as marks are in another order; false by default. */
  interval?: boolean | undefined;
  /** The objects, in place of a map with a name. */
  elements?: readonly NftObjectOf[] | undefined;
}

/** A stateful object of the table: by its name, or by a value of the packet. NFTA_OBJREF_IMM_NAME. */
export type NftObjectReference = string | NftObjectMap;

/** What a connection can be given of the table's objects: one of these. */
export interface NftConnectionObjects {
  /** A helper. `ct helper set`. */
  helper: NftObjectReference;
  /** Time-outs, before it is tracked. `ct timeout set`. */
  timeout: NftObjectReference;
  /** Connections that are expected. `ct expectation set`. */
  expectation: NftObjectReference;
}

/** What a statement with a value can be: each statement has one of these. */
export interface NftStatements {
  /** Asks for one thing of a packet, or of several fields together. Without it the rule ends here. */
  match: NftMatch | NftConcatenation;
  /** Counts packets and bytes; in a counter of the table, if that is given. `counter`. */
  counter: NftCounter | NftObjectReference;
  /** Gives packets the address of the link that they leave by. `masquerade`. */
  masquerade: NftOwnNat;
  /** Sends packets to this host. `redirect`. */
  redirect: NftOwnNat;
  /** Where packets appear to come from. `snat`. */
  snat: NftNat;
  /** Where packets are sent to. `dnat`. */
  dnat: NftNat;
  /** Lets so many go on in a time, or a limit of the table decide. `limit`. */
  limit: NftLimit | NftObjectReference;
  /** Lets so many bytes go on, or a quota of the table decide. `quota`. */
  quota: NftQuota | NftObjectReference;
  /** Lets packets of so many connections go on, or a number of the table decide. `ct count`, NFT_OBJECT_CONNLIMIT. */
  ctCount: NftConnectionCount | NftObjectReference;
  /** Writes a line to the kernel's log, or tells a program. `log`. */
  log: NftLog;
  /** Drops the packet, and answers. `reject`. */
  reject: NftReject;
  /** Writes something to the packet or its connection: `meta mark set`, `ct zone set`, `ip dscp set`. */
  set: NftWrite;
  /** Decides by a value of the packet. `vmap`. */
  verdictMap: NftVerdictMap;
  /** Adds an element to a set; one that is there stays as it is. `add @blocked { ip saddr }`. */
  add: NftSetUpdate;
  /** Adds an element to a set; of one that is there the time begins anew. `update @blocked { ip saddr }`. */
  update: NftSetUpdate;
  /** Takes an element out of a set. `delete @blocked { ip saddr }`, since 5.12. */
  delete: NftSetUpdate;
  /** Sends a copy elsewhere. `dup`. */
  dup: NftDup;
  /** Sends the packet out of another link, in a table of netdev. `fwd`. */
  fwd: NftForward;
  /** Hands packets to a program on this host as they are. `tproxy`. */
  tproxy: NftTproxy;
  /** Asks a program what becomes of the packet. `queue`. */
  queue: NftQueue;
  /** Answers the first packets of TCP in place of the host that they are for. `synproxy`. */
  synproxy: NftSynproxy | NftObjectReference;
  /** Lets the other packets of the connection go by a flowtable of the table, by its name. `flow add @f`. */
  flow: string;
  /** Takes an option of TCP out of the packet. `reset tcp option`, since 5.16. */
  resetTcpOption: NftTcpOption;
}

/** What a rule does with a packet, or asks of it, in nft's words. What has no words here, `{ expressions }`, is listed so, and written back unchanged. */
export type NftStatement =
  // A string has a method 'match', and that a length, which is a field of packets as well.
  | (object & NftOneOf<NftStatements>)
  | NftVerdict
  | 'counter'
  | 'masquerade'
  | 'redirect'
  | 'log'
  | 'reject'
  | 'notrack'
  | 'queue'
  | 'synproxy'
  | NftRaw;

import {
  bool,
  checkText,
  filterable,
  filterableLink,
  inKey,
  linkIndexType,
  member,
  message,
  nameOfLink,
  nested,
  attributes,
  field,
  pad,
  readOnly,
  readOnlyMember,
  required,
  struct,
  text,
  u32,
  uint32,
  uint64,
  uint8,
  variants,
  type Decoded,
  type FilterOf,
  type KeyOf,
  type Names,
  type OptionsOf,
  type OtherOptions,
  type OtherRow,
  type RowOf,
  type Source,
  type StructInput,
  type StructValues,
  type UnknownAttribute,
} from '../codec';
import { ERRNO } from '../errno';
import { checkArgument, wrongType } from '../errors';
import { hintOfKind } from '../unknown-name';
import { describing, entryOf } from './describing';
import { checkLink, rowFilter } from './filter';
import { refuseUndefined } from './narrowing';
import { NLM_F, type Hint, type Query, type Request } from './netlink';
import { qdiscKinds } from './qdiscs';
import type { netemFields } from './qdiscs/netem';
import type { tbfFields } from './qdiscs/tbf';
import { RTM } from './rtnetlink';
import { handleType, majorType, type Handle } from './traffic-handles';

/** Attributes of `tcmsg` messages. */
const TCA = {
  KIND: 1,
  OPTIONS: 2,
  STATS: 3,
  XSTATS: 4,
  RATE: 5,
  FCNT: 6,
  STATS2: 7,
  STAB: 8,
  PAD: 9,
  DUMP_INVISIBLE: 10,
  CHAIN: 11,
  HW_OFFLOAD: 12,
  INGRESS_BLOCK: 13,
  EGRESS_BLOCK: 14,
} as const;

/** Attributes of TCA_STATS2. */
const TCA_STATS = { BASIC: 1, RATE_EST: 2, QUEUE: 3, APP: 4, RATE_EST64: 5, PAD: 6, BASIC_HW: 7, PKT64: 8 } as const;

const LONGEST_KIND = 15;

const tcmsg = struct({
  family: uint8,
  pad: pad(3),
  device: linkIndexType,
  handle: majorType,
  parent: handleType,
  references: uint32,
});

const sent = struct({
  /** Bytes, with the headers of the link layer. */
  bytes: uint64,
  /** Packets; for those that a device segments (GSO), each segment. */
  packets: uint32,
  pad: pad(4),
});

/** What a queueing discipline sent. */
export interface QdiscSent extends StructValues<typeof sent.members> {}

const queue = struct({
  /** Packets that wait. */
  length: uint32,
  /** Bytes that wait. */
  backlog: uint32,
  /** Packets that were dropped. */
  dropped: uint32,
  /** How many times a packet was put back, since the device could not take it. */
  requeued: uint32,
  /** How many times a packet had to wait because of a rate limit. */
  overLimits: uint32,
});

/** The queue of a queueing discipline, and what happened to other packets. */
export interface QdiscQueue extends StructValues<typeof queue.members> {}

const counterFields = {
  /** What was sent. */
  sent: field<QdiscSent, StructInput<typeof sent.members>>(TCA_STATS.BASIC, sent),
  /** The queue, and what happened to other packets. */
  queue: field<QdiscQueue, StructInput<typeof queue.members>>(TCA_STATS.QUEUE, queue),
} as const;

/** Counters of a queueing discipline. */
export interface QdiscStatistics extends Decoded<typeof counterFields> {}

const counters = attributes(counterFields, [
  TCA_STATS.RATE_EST,
  TCA_STATS.APP,
  TCA_STATS.RATE_EST64,
  TCA_STATS.PAD,
  TCA_STATS.BASIC_HW,
  TCA_STATS.PKT64,
]);

const anyDevice = member(tcmsg, 'device');

/** Index 0 is that of no link. */
const deviceMember: typeof anyDevice = {
  ...anyDevice,
  encode(writer, value) {
    checkLink(value);
    anyDevice.encode(writer, value);
  },
};

const qdiscFields = {
  /** Its link: name or index. */
  device: inKey(filterableLink(required(deviceMember, 'must be the name or index of a link'))),
  /** The name of `device`, in lists with `names: true`. */
  deviceName: nameOfLink('device'),
  /**
   * Its number, in hexadecimal: '1:'. For a new one the kernel chooses it by default; '0:' is that of a device's own.
   */
  handle: inKey(member(tcmsg, 'handle')),
  /** Where it is: 'root', 'ingress', or a class of another: '1:10'. A new one is at the root by default. */
  parent: inKey(filterable(member(tcmsg, 'parent'))),
  /** Number of the block of filters for received packets, which several can share. TCA_INGRESS_BLOCK, since 4.16. */
  ingressBlock: u32(TCA.INGRESS_BLOCK),
  /** The same for sent packets. TCA_EGRESS_BLOCK, since 4.16. */
  egressBlock: u32(TCA.EGRESS_BLOCK),
  /** Whether the device does its work. TCA_HW_OFFLOAD, since 4.16. */
  offloaded: readOnly(bool(TCA.HW_OFFLOAD)),
  /** References to it in the kernel. */
  references: readOnlyMember(tcmsg, 'references'),
  /** Counters. TCA_STATS2. */
  statistics: readOnly(nested<QdiscStatistics>(TCA.STATS2, counters)),
} as const;

const kinds = variants({ kind: text(TCA.KIND, LONGEST_KIND), data: TCA.OPTIONS, kinds: qdiscKinds });

export const qdisc = message(tcmsg, qdiscFields, {
  variants: kinds,
  ignored: [TCA.STATS, TCA.XSTATS, TCA.FCNT, TCA.PAD],
});

/** Options of every queueing discipline. */
export interface QdiscCommonOptions extends OptionsOf<typeof qdiscFields> {}

/** Properties of every queueing discipline. */
export interface QdiscCommon extends RowOf<typeof qdiscFields> {}

interface UnknownOfKind {
  /** Attributes of its kind that this library has no name for: their numbers mean something else. */
  unknownKindAttributes?: UnknownAttribute[];
}

/** A token bucket filter to be made: sends at no more than a rate. */
export interface TbfOptions extends QdiscCommonOptions, OptionsOf<typeof tbfFields> {
  /** What kind of queueing discipline it is. TCA_KIND. */
  kind: 'tbf';
}

/** A token bucket filter as the kernel describes it. */
export interface Tbf extends QdiscCommon, Omit<RowOf<typeof tbfFields>, 'unknownAttributes'>, UnknownOfKind {
  /** What kind of queueing discipline it is. TCA_KIND. */
  kind: 'tbf';
}

/** A network emulator to be made: delays, loses, repeats and damages packets. */
export interface NetemOptions extends QdiscCommonOptions, OptionsOf<typeof netemFields> {
  /** What kind of queueing discipline it is. TCA_KIND. */
  kind: 'netem';
}

/** A network emulator as the kernel describes it. */
export interface Netem extends QdiscCommon, Omit<RowOf<typeof netemFields>, 'unknownAttributes'>, UnknownOfKind {
  /** What kind of queueing discipline it is. TCA_KIND. */
  kind: 'netem';
}

/** A queueing discipline to be made, of a kind that has no declaration here. */
export interface OtherQdiscOptions extends QdiscCommonOptions, Omit<OtherOptions<typeof kinds>, 'kind'> {
  /** What kind of queueing discipline it is. TCA_KIND. */
  kind: string;
}

/** A queueing discipline of a kind that has no declaration here. */
export interface OtherQdisc extends QdiscCommon, Omit<OtherRow<typeof kinds>, 'kind'> {
  /** What kind of queueing discipline it is. TCA_KIND. */
  kind: string;
}

/** A queueing discipline to be made, with the options of its `kind`. */
export type QdiscOptions = TbfOptions | NetemOptions | OtherQdiscOptions;

/** A queueing discipline as the kernel describes it, with the properties of its `kind`. Can be added again as it is. */
export type Qdisc = Tbf | Netem | OtherQdisc;

/** Selects a queueing discipline of a link: by its place, or by its number. */
export interface QdiscKey extends KeyOf<typeof qdiscFields> {
  /**
   * The kind that it must have; otherwise the kernel refuses with EINVAL ("Invalid qdisc name"). Any by default.
   * TCA_KIND.
   */
  kind?: string | undefined;
}

/**
 * Selects the queueing discipline of a link to be deleted. Its place is needed: by its number alone the kernel finds
 * none.
 */
export interface QdiscSelector extends QdiscKey {
  /** Where it is: 'root', 'ingress', or a class of another: '1:10'. There is no default. */
  parent: Handle;
}

/** Selects one of a link. */
export interface QdiscPlace extends Omit<QdiscKey, 'device'> {}

/** Filters of a list of queueing disciplines. */
export interface QdiscSelection extends FilterOf<typeof qdiscFields> {
  /** Those of one kind. */
  kind?: string | undefined;
}

const verbs = {
  add: NLM_F.CREATE | NLM_F.EXCL,
  replace: NLM_F.CREATE | NLM_F.REPLACE,
  set: 0,
} as const;

/** Kinds for the place where packets come in. */
const ofIngress: ReadonlySet<unknown> = new Set(['ingress', 'clsact']);

/** The request for a new queueing discipline; `replace` also changes an existing one, `set` only changes one. */
export function newQdisc(options: QdiscOptions, verb: keyof typeof verbs): Request {
  checkArgument('qdisc', options, "{ device: 'eth0', kind: 'tbf', ... }");
  return {
    name: 'RTM_NEWQDISC',
    type: RTM.NEWQDISC,
    flags: verbs[verb],
    subject: () => qdiscSubject(options),
    hint: (errno, said) => ofUnknown(errno, said, options.kind),
    describe,
    locate: qdisc.locate,
    encode(writer) {
      const header = ofIngress.has(options.kind) ? { parent: 'ingress', handle: 'ffff:' } : { parent: 'root' };
      qdisc.encode(writer, options, { header });
      if (options.kind === undefined)
        throw wrongType('must be the kind of a qdisc, such as tbf, not undefined', 'kind');
    },
  };
}

/**
 * The hint for what the kernel does not know, and does not point at: the link, or the kind. A missing place has the
 * same error.
 */
function ofUnknown(errno: number, kernelMessage: string | undefined, kind: unknown): Hint | undefined {
  if (errno === ERRNO.ENODEV) return { property: 'device' };
  if (errno !== ERRNO.ENOENT) return undefined;
  if (kernelMessage !== undefined) {
    // What is always there, without having been made, has no handle.
    if (/handle of zero/i.test(kernelMessage))
      return { text: 'there is none but what the kernel puts there by itself' };
    if (/find specified qdisc/i.test(kernelMessage)) return { property: 'parent' };
  }
  if (typeof kind !== 'string') return undefined;
  const isUnknown =
    kernelMessage === undefined ? kinds.typeOf(kind) === undefined : /\bkind is unknown\b/i.test(kernelMessage);
  return isUnknown ? { property: 'kind', text: hintOfKind(kind, Object.keys(qdiscKinds), `sch_${kind}`) } : undefined;
}

/** The request to delete a queueing discipline, and all below it. */
export function deleteQdisc(key: QdiscSelector): Request {
  checkArgument('qdisc', key, "{ device: 'eth0', parent: 'root' }");
  const request = about(key);
  return {
    name: 'RTM_DELQDISC',
    type: RTM.DELQDISC,
    flags: 0,
    describe,
    ...request,
    encode(writer) {
      request.encode(writer);
      // By its number alone the kernel finds none.
      if ((key.parent as unknown) === undefined || key.parent === 'none') {
        throw wrongType("must say where the qdisc of the link is, such as { parent: 'root' }", 'parent');
      }
      refuseUndefined(key, keysAndKind);
    },
  };
}

/** The request for one queueing discipline. */
export function getQdisc(key: QdiscKey): Query<Qdisc> {
  checkArgument('qdisc', key, "{ device: 'eth0', parent: 'root' }");
  // The kernel sends the answer to listeners, and to the caller only if the request asks for an echo.
  return { name: 'RTM_GETQDISC', type: RTM.GETQDISC, flags: NLM_F.ECHO, decode: decodeQdisc, ...about(key) };
}

const keysAndKind: Names = { has: (name) => name === 'kind' || qdisc.keys.has(name) };

/** The part of a request that selects the queueing discipline. */
function about(key: QdiscKey): Pick<Request, 'subject' | 'locate' | 'encode' | 'hint'> {
  return {
    subject: () => qdiscSubject(key),
    hint: (errno, said) => ofUnknown(errno, said, undefined),
    locate: qdisc.locate,
    encode(writer) {
      qdisc.encode(writer, key, { only: keysAndKind });
    },
  };
}

/**
 * The request for the queueing disciplines that a filter describes. The link has to be an index: the kernel answers with
 * those of all links, and rows have no names.
 */
export function listQdiscs(filter: QdiscSelection = {}): Query<Qdisc> {
  const isWanted = rowFilter('qdiscs', filter, qdisc, {
    kind: (kind) => checkText(kind, LONGEST_KIND),
  });
  const { device, kind } = filter;
  return {
    name: 'RTM_GETQDISC',
    type: RTM.GETQDISC,
    flags: NLM_F.DUMP,
    fields: qdiscFields,
    locate: qdisc.locate,
    decode(source, start, end) {
      const row = decodeQdisc(source, start, end);
      const isOfBoth = (device === undefined || row.device === device) && (kind === undefined || row.kind === kind);
      return isOfBoth && isWanted(row) ? row : undefined;
    },
    encode(writer) {
      tcmsg.encode(writer, {});
    },
  };
}

/** Decodes the message of a queueing discipline. */
export function decodeQdisc(source: Source, start: number, end: number): Qdisc {
  return qdisc.decode(source, start, end);
}

const describe = describing(decodeQdisc, qdiscSubject, tcmsg.offsets.device);

function qdiscSubject({ kind, device, parent, handle }: QdiscKey & { kind?: string | undefined }): string {
  const place = handle === undefined || handle === '0:' ? (parent ?? 'root') : handle;
  return `qdisc ${kind === undefined ? '' : `${kind} `}${String(place)} of ${entryOf(device)}`;
}

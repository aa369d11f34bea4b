import type { Fields, LinkSlot, Source, Writer } from '../codec';
import { ERRNO } from '../errno';

/** Netlink protocols: what a socket speaks, chosen when it is opened. */
export const NETLINK = { ROUTE: 0, NETFILTER: 12, GENERIC: 16 } as const;

/** Flags of `nlmsghdr`. */
export const NLM_F = {
  REQUEST: 0x1,
  MULTI: 0x2,
  ACK: 0x4,
  ECHO: 0x8,
  DUMP_INTR: 0x10,
  DUMP_FILTERED: 0x20,
  /** Of a get request: ROOT and MATCH, everything. */
  DUMP: 0x300,
  /** Of a delete request: everything that it describes, in one go. */
  BULK: 0x200,
  /** Of a new request: override what exists. */
  REPLACE: 0x100,
  /** Of a new request: fail if it exists. */
  EXCL: 0x200,
  /** Of a new request: make it if it does not exist. */
  CREATE: 0x400,
  /** Of a new request: add to the end of a list. */
  APPEND: 0x800,
  /** Of an acknowledgement: the request is not echoed whole. */
  CAPPED: 0x100,
  /** Of an acknowledgement: attributes follow. */
  ACK_TLVS: 0x200,
} as const;

/** Types of messages below those of the families. */
export const NLMSG = { ERROR: 2, DONE: 3, OVERRUN: 4, MIN_TYPE: 0x10 } as const;

/** Bytes of `nlmsghdr`. */
export const HEADER_SIZE = 16;

/** A request to the kernel, ready to be encoded: plain data that the families make and the transport sends. */
export interface Request {
  /** As the kernel's sources call it: 'RTM_NEWLINK'. */
  readonly name: string;
  /** The netlink protocol that it is of; NETLINK_ROUTE by default. */
  readonly protocol?: number;
  readonly type: number;
  /** The family of generic netlink that it is of, whose number takes the place of `type`. */
  readonly family?: string;
  /** Flags besides REQUEST and ACK. */
  readonly flags: number;
  /** What the request is about, for errors: "link 'br0'"; or what tells it, where that would cost too much for nothing. */
  readonly subject?: string | (() => string | undefined) | undefined;
  /** What a message that was sent is about, where many of a kind are sent: see `subject`. */
  readonly describe?: (message: MessageSent) => string;
  /** After it a name may stand for another link: names in later requests are looked up when it is done. */
  readonly changesNames?: boolean;
  /**
   * What may have been meant where the kernel refuses it with an error number, and in its own words if it has any; `unknownLink` is a name that
   * no link has, at which the addon points, `property` what `locate` found where the kernel points.
   */
  readonly hint?:
    | ((errno: number, kernelMessage: string | undefined, unknownLink?: string, property?: string) => Hint | undefined)
    | undefined;
  /** The links whose indexes its reply tells, for later messages of the same call. */
  readonly tells?: readonly LinkTold[] | undefined;
  /** How many bytes `encode` writes, about, where they are many or known: a large batch makes room for all at once. */
  readonly size?: number;
  /** Writes what follows the netlink header. Throws a TypeError or RangeError for a bad argument. */
  encode(writer: Writer): void;
  /** The property that holds the byte at `offset` of the request, whose payload is at `start` to `end`. */
  readonly locate?: ((source: Source, start: number, end: number, offset: number) => string | undefined) | undefined;
}

/** What the caller of a request that was refused may have meant. */
export interface Hint {
  /** The property that it is about; undefined where that is not known. */
  readonly property?: string | undefined;
  /** "this kernel does not have it"; undefined where the property says enough. */
  readonly text?: string | undefined;
}

/** A message that was sent; its payload is from `start` to `end`. */
export interface MessageSent {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
  /** The name of the link whose index was filled in at an offset of the source; undefined if the message had the index. */
  readonly nameAt: (offset: number) => string | undefined;
}

/** A link whose index a reply tells. */
export interface LinkTold {
  readonly link: LinkSlot;
  /** The attribute that has the index; 0 for the header. */
  readonly attribute: number;
}

/** A request that is answered with objects. */
export interface Query<Reply> extends Request {
  /** Decodes the payload of a reply. `undefined` leaves it out. */
  decode(source: Source, start: number, end: number): Reply | undefined;
  /** The declaration of what it is answered with, for lists that add to it. */
  readonly fields?: Fields;
  /** Of an answer that may come in several messages: adds what the next one says, if it goes on with what came before. */
  readonly merge?: ((before: Reply, next: Reply) => Reply | undefined) | undefined;
}

/** What can be listened to: the multicast groups of a netlink protocol, and what their messages say. */
export interface Topic<Event> {
  readonly protocol: number;
  readonly groups: readonly number[];
  /** Decodes the payload of a message. `undefined` leaves it out. */
  readonly decode: (type: number, source: Source, start: number, end: number, flags: number) => Event | undefined;
}

/** What a request is about, in words. */
export function textOfSubject(subject: Request['subject']): string | undefined {
  return typeof subject === 'function' ? subject() : subject;
}

/** The kernel does not point at the index of a link that it is asked for. */
export const ofUnknownLink: Request['hint'] = (errno) => (errno === ERRNO.ENODEV ? { property: 'device' } : undefined);

/** As {@link ofUnknownLink}, for a request in which only an index stands for a link: for an unknown name the addon points at it. */
export function ofUnknownIndex(device: unknown): Request['hint'] {
  return typeof device === 'number' ? ofIndex : undefined;
}

const ofIndex: Request['hint'] = (errno, _, unknownLink) =>
  errno === ERRNO.ENODEV && unknownLink === undefined ? { property: 'device' } : undefined;

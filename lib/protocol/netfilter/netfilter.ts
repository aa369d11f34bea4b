import {
  choiceOf,
  field,
  message,
  returnWriter,
  struct,
  takeWriter,
  uint16be,
  uint32be,
  uint8,
  type Fields,
  type Message,
  type OptionsOf,
  type StructInput,
  type Writer,
} from '../../codec';
import { show, wrongValue } from '../../errors';
import { NETLINK, type Query, type Request } from '../netlink';

/** Protocol families of netfilter (NFPROTO_*), as nft calls them. 'inet' is for packets of both IPv4 and IPv6. */
export const families = { inet: 1, ip: 2, arp: 3, netdev: 5, bridge: 7, ip6: 10 } as const;

/** One of the families of tables. */
export type NftFamily = keyof typeof families;

/** Throws unless a value is a family of tables. */
export function checkFamily(family: unknown): asserts family is NftFamily {
  const isFamily = typeof family === 'string' && Object.hasOwn(families, family);
  if (!isFamily) throw wrongValue(`must be one of ${Object.keys(families).join(', ')}, not ${show(family)}`, 'family');
}

/** The header of every netfilter message (`nfgenmsg`). */
export const nfgenmsg = struct({ family: choiceOf(families, uint8), version: uint8, resource: uint16be });

/** A part of netfilter that has messages of its own (NFNL_SUBSYS_*). */
export const NFNL_SUBSYS = { CTNETLINK: 1, CTNETLINK_EXP: 2, NFTABLES: 10 } as const;

const NFNL_MSG_BATCH = { BEGIN: 0x10, END: 0x11 } as const;

/** What a request of netfilter has of its own. */
export interface Command<F extends Fields> extends Pick<Request, 'subject' | 'hint'> {
  /** As the kernel's sources call it: 'NFT_MSG_NEWTABLE'. */
  readonly name: string;
  /** Its number in the subsystem. */
  readonly command: number;
  /** Flags besides REQUEST and ACK. */
  readonly flags?: number;
  readonly values: Partial<OptionsOf<F>>;
}

/** A message, as far as a request needs it. */
export type NetfilterMessage<F extends Fields> = Pick<Message<(typeof nfgenmsg)['members'], F>, 'encode' | 'locate'>;

/** A request of a subsystem. */
export function netfilterRequest<F extends Fields>(
  subsystem: number,
  message: NetfilterMessage<F>,
  { name, command, flags = 0, values, ...more }: Command<F>,
): Request {
  return {
    name,
    protocol: NETLINK.NETFILTER,
    type: (subsystem << 8) | command,
    flags,
    ...more,
    locate: message.locate,
    encode(writer) {
      message.encode(writer, values);
    },
  };
}

/** What is written, in memory of its own. */
export function written(encode: (writer: Writer) => void): Uint8Array {
  const writer = takeWriter();
  try {
    encode(writer);
    return Buffer.from(writer.bytes.subarray(0, writer.position));
  } finally {
    returnWriter(writer);
  }
}

/** A query of a subsystem: what it asks for, by the fields of a message. */
export function netfilterQuery<F extends Fields, Row>(
  subsystem: number,
  message: NetfilterMessage<F> & { decode: Query<Row>['decode'] },
  command: Command<F>,
): Query<Row> {
  const { values } = command;
  const given = new Set(Object.keys(values));
  return {
    ...netfilterRequest(subsystem, message, command),
    decode: message.decode,
    encode(writer) {
      // What a thing needs to be made, a question about it does not.
      message.encode(writer, values, { only: given });
    },
  };
}

/** NFNL_BATCH_GENID. */
const batch = message(nfgenmsg, { generation: field(1, uint32be) });

/**
 * The message in front of a batch, which the kernel carries out whole or not at all, and the one behind it. With a generation, it is refused
 * with ERESTART if there was a change since.
 */
export function batchLimits(subsystem: number, generation?: number): { begin: Request; end: Request } {
  const header: StructInput<(typeof nfgenmsg)['members']> = { resource: subsystem };
  const limit = (name: string, type: number, values = {}): Request => ({
    name,
    protocol: NETLINK.NETFILTER,
    type,
    flags: 0,
    encode(writer) {
      batch.encode(writer, values, { header });
    },
  });
  return {
    begin: limit('NFNL_MSG_BATCH_BEGIN', NFNL_MSG_BATCH.BEGIN, { generation }),
    end: limit('NFNL_MSG_BATCH_END', NFNL_MSG_BATCH.END),
  };
}

import {
  attributes,
  bits,
  choice,
  constant,
  field,
  inKey,
  member,
  message,
  nested,
  required,
  seconds,
  text,
  uint16be,
  uint32be,
  type Decoded,
  type Encodable,
  type Field,
  type Names,
  type OptionsOf,
  type RowOf,
  type Word,
} from '../../../codec';
import { ERRNO } from '../../../errno';
import { at, checkArgument, checkIsObject, isObject } from '../../../errors';
import { unknownName } from '../../../unknown-name';
import { refuseUndefined } from '../../narrowing';
import { NETLINK, NLM_F, type Query, type Request } from '../../netlink';
import { NFNL_SUBSYS } from '../netfilter';
import { familyOfKey, ofTracking, refuseUndefinedInTuples, subjectOf } from './connection';
import { IPCTNL_MSG_EXP, trackingHeader } from './ctnetlink';
import { distinctionOf, protocolNumber, type ConnectionProtocol } from './protocols';
import { appendTuple, protocolOfTuples, protocolTupleField, tupleField } from './tuple';

const CTA_EXPECT = {
  ...{ MASTER: 1, TUPLE: 2, MASK: 3, TIMEOUT: 4, ID: 5, HELP_NAME: 6, ZONE: 7, FLAGS: 8, CLASS: 9, NAT: 10, FN: 11 },
} as const;

const expectationFlags = { permanent: 0x1, inactive: 0x2, userspace: 0x4 } as const;

/** What an expectation is (NF_CT_EXPECT_*). */
export type ExpectationFlag = Word<typeof expectationFlags>;

/** Which bits of a source an expected connection has to have; those of its destination count all. */
export interface ExpectationMask {
  /** The bits of the address: '255.255.255.255', all; '0.0.0.0', any address. */
  source?: string | undefined;
  /** The bits of the port: 65535, all; 0, any port. */
  sourcePort?: number | undefined;
}

const maskNames = ['source', 'sourcePort'] as const;
const wholeMask = {
  inet: '255.255.255.255',
  inet6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
} as const;

const tupleOfMask = tupleField(CTA_EXPECT.MASK);
const mask: Field<ExpectationMask> = {
  ...tupleOfMask,
  isPart: false,
  names: maskNames,
  encode(writer, value, values) {
    checkIsObject(value);
    for (const name in value) if (!(maskNames as readonly string[]).includes(name)) throw unknownName(name, maskNames);
    const { protocol, family } = values as { protocol: ConnectionProtocol; family: 'inet' | 'inet6' };
    const number = protocolNumber(protocol);
    const ports = distinctionOf(number) === 'ports';
    const whole = {
      ...{ source: wholeMask[family], destination: wholeMask[family], ...value },
      ...(ports && { sourcePort: value.sourcePort ?? 0, destinationPort: 0xffff }),
      ...(distinctionOf(number) === 'icmp' && { icmpId: 0xffff, icmpType: 0xff, icmpCode: 0xff }),
    };
    appendTuple(writer, CTA_EXPECT.MASK, whole, { protocol: number });
  },
  decode(...place) {
    const { source, sourcePort } = tupleOfMask.decode(...place);
    return { source, ...(sourcePort !== undefined && { sourcePort }) };
  },
};

const CTA_EXPECT_NAT = { DIR: 1, TUPLE: 2 } as const;

const natFields = {
  /** Of which direction of the master the expected connection is. CTA_EXPECT_NAT_DIR. */
  direction: required(choice(CTA_EXPECT_NAT.DIR, { original: 0, reply: 1 }, uint32be), "must be 'original' or 'reply'"),
  /** To what its source is translated. CTA_EXPECT_NAT_TUPLE. */
  tuple: protocolTupleField(CTA_EXPECT_NAT.TUPLE),
} as const;

/** How an expected connection is translated. */
export interface ExpectationNat extends Decoded<typeof natFields> {}

/** The same in a request. */
export interface ExpectationNatOptions extends Encodable<typeof natFields> {}

const fields = {
  /** 'inet' or 'inet6'; in requests 4 and 6 as well, by default that of the addresses. */
  family: inKey(constant(member(trackingHeader, 'family'))),
  /** The protocol of the expected connection: 'tcp', 'udp' ... CTA_PROTO_NUM. */
  protocol: inKey(required(constant(protocolOfTuples(CTA_EXPECT.TUPLE)), "must be a protocol such as 'tcp'")),
  /** The packet that the expected connection begins with. Without `sourcePort` it may come from any port. CTA_EXPECT_TUPLE. */
  tuple: inKey(required(constant(tupleField(CTA_EXPECT.TUPLE)), 'must be the tuple of the expected packets')),
  /** Which bits of its source count: by default all of the address, and none of the port. CTA_EXPECT_MASK. */
  mask: constant(mask),
  /** The connection that it belongs to, which must have a helper. CTA_EXPECT_MASTER. */
  master: required(constant(protocolTupleField(CTA_EXPECT.MASTER)), 'must be the tuple of a connection'),
  /** The zone, if not 0. CTA_EXPECT_ZONE. */
  zone: inKey(field(CTA_EXPECT.ZONE, uint16be)),
  /** Seconds until it is given up. Of one that is added it counts with the flag 'userspace'; otherwise the helper says it. CTA_EXPECT_TIMEOUT. */
  timeout: field(CTA_EXPECT.TIMEOUT, seconds(uint32be, 1)),
  /** 'permanent': it is for many connections; 'inactive': for none yet; 'userspace': a program tells what is expected. CTA_EXPECT_FLAGS. */
  flags: bits(CTA_EXPECT.FLAGS, expectationFlags, uint32be),
  /** The helper that expects it, if not that of the master. CTA_EXPECT_HELP_NAME. */
  helper: text(CTA_EXPECT.HELP_NAME, 15),
  /** The number of a sort that its helper has. CTA_EXPECT_CLASS. */
  class: field(CTA_EXPECT.CLASS, uint32be),
  /** How the connection is translated. CTA_EXPECT_NAT. */
  nat: nested<ExpectationNat, ExpectationNatOptions>(CTA_EXPECT.NAT, attributes(natFields)),
  /** What the kernel calls when the connection comes: 'nat-follow-master'. CTA_EXPECT_FN. */
  function: text(CTA_EXPECT.FN, 255),
  /** The kernel's number for it. CTA_EXPECT_ID. */
  id: inKey(field(CTA_EXPECT.ID, uint32be)),
} as const;

/** The declaration of an expectation. */
export const expectation = message(trackingHeader, fields);

/** A connection that a helper expects, as the kernel describes it. */
export interface Expectation extends RowOf<typeof fields> {}

type Given = OptionsOf<typeof fields>;

/** An expectation to be added. */
export interface ExpectationOptions extends Given {}

/** What tells an expectation from others. */
export interface ExpectationKey extends Pick<Given, 'family' | 'protocol' | 'tuple' | 'zone' | 'id'> {}

/** A request about expectations. */
export function aboutExpectations(
  name: string,
  command: number,
  more: Pick<Request, 'encode'> & Partial<Request>,
): Request {
  return {
    ...{
      name: `IPCTNL_MSG_EXP_${name}`,
      protocol: NETLINK.NETFILTER,
      type: (NFNL_SUBSYS.CTNETLINK_EXP << 8) | command,
    },
    ...{ flags: 0, hint: ofTracking, locate: expectation.locate },
    ...more,
  };
}

const EXPECTATION = "{ protocol: 'tcp', tuple: { source, destination, destinationPort } }";
const keys: Names = expectation.keys;
const noNames: Names = { has: () => false };

/** With the port of the source that stands for any. */
function filled<Options extends ExpectationKey>(options: Options): Options {
  const { tuple, protocol } = options;
  if (!isObject(tuple) || tuple.sourcePort !== undefined || (protocol as unknown) === undefined) return options;
  const number = at('protocol', () => protocolNumber(protocol));
  return distinctionOf(number) === 'ports' ? { ...options, tuple: { ...tuple, sourcePort: 0 } } : options;
}

/** Asks for a new expectation. */
export function newExpectation(options: ExpectationOptions): Request {
  checkArgument('expectation', options, EXPECTATION);
  return aboutExpectations('NEW', IPCTNL_MSG_EXP.NEW, {
    flags: NLM_F.CREATE | NLM_F.EXCL,
    subject: () => subject(options),
    hint: ofNew,
    encode(writer) {
      const family = familyOfKey({ family: options.family, original: options.tuple });
      const { mask: given = {}, ...rest } = filled(options);
      expectation.encode(writer, { ...rest, mask: given, family }, { header: { family } });
    },
  });
}

const ofNew: Request['hint'] = (errno) => {
  switch (errno) {
    case ERRNO.EOPNOTSUPP:
      return { property: 'master', text: 'the connection needs a helper, which a rule with `ct helper` gives it' };
    case ERRNO.ENOENT:
      return { property: 'master', text: 'there is no such connection' };
    default:
      return undefined;
  }
};

/** Asks that an expectation go. */
export function deleteExpectation(key: ExpectationKey): Request {
  const { encode, ...rest } = aboutKey(key);
  return aboutExpectations('DELETE', IPCTNL_MSG_EXP.DELETE, {
    ...rest,
    encode(writer) {
      refuseUndefined(key, keys);
      refuseUndefinedInTuples(key, ['tuple']);
      encode(writer);
    },
  });
}

/** Asks that all go. */
export function flushExpectations(): Request {
  return aboutExpectations('DELETE', IPCTNL_MSG_EXP.DELETE, {
    encode(writer) {
      expectation.encode(writer, {}, { only: noNames });
    },
  });
}

/** Asks for an expectation. */
export function getExpectation(key: ExpectationKey): Query<Expectation> {
  return { ...aboutExpectations('GET', IPCTNL_MSG_EXP.GET, aboutKey(key)), decode: expectation.decode };
}

function aboutKey(key: ExpectationKey): Pick<Request, 'encode' | 'subject'> {
  checkArgument('expectation', key, EXPECTATION);
  return {
    subject: () => subject(key),
    encode(writer) {
      const family = familyOfKey({ family: key.family, original: key.tuple });
      expectation.encode(writer, filled(key), { header: { family }, only: keys });
    },
  };
}

function subject({ protocol, tuple }: ExpectationKey): string {
  return subjectOf({ protocol, original: tuple }).replace('connection', 'expectation');
}

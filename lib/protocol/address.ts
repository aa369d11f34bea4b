import {
  AF,
  appendPrefix,
  bits,
  checkInteger,
  choice,
  choiceOf,
  constant,
  familyOfText,
  field,
  filterable,
  filterableLink,
  formatPrefix,
  inKey,
  ipAddress,
  ipOf,
  linkIndexType,
  LONGEST_LINK_NAME,
  member,
  memberOf,
  message,
  nameOfLink,
  numberOf,
  parsePrefix,
  partly,
  readOnly,
  required,
  seconds,
  struct,
  structFields,
  nonEmptyText,
  u32,
  uint32,
  uint8,
  wordsOfBits,
  type ConstantField,
  type Field,
  type FilterOf,
  type FixedType,
  type IpFamily,
  type KeyOf,
  type OptionsOf,
  type RowOf,
  type Word,
  type Writer,
} from '../codec';
import { at, isObject, show, wrongValue, wrongWhole } from '../errors';
import { describing } from './describing';
import { familyField, familyNumber, familyOption, ofEachFamily, onlyIn } from './family';
import { rowFilter } from './filter';
import { refuseUndefined } from './narrowing';
import { NLM_F, ofUnknownLink, ofUnknownIndex, type Query, type Request } from './netlink';
import { RTM, scopes } from './rtnetlink';

const IFA = {
  ADDRESS: 1,
  LOCAL: 2,
  LABEL: 3,
  BROADCAST: 4,
  ANYCAST: 5,
  CACHEINFO: 6,
  MULTICAST: 7,
  FLAGS: 8,
  RT_PRIORITY: 9,
  PROTO: 11,
} as const;

/** Flags of an address (IFA_F_*), by iproute2's words. */
export const addressFlags = {
  secondary: 0x1,
  nodad: 0x2,
  optimistic: 0x4,
  dadfailed: 0x8,
  home: 0x10,
  deprecated: 0x20,
  tentative: 0x40,
  permanent: 0x80,
  mngtmpaddr: 0x100,
  noprefixroute: 0x200,
  autojoin: 0x400,
  'stable-privacy': 0x800,
} as const;

/** A flag of an address, by iproute2's word: 'nodad', 'tentative', 'deprecated' ...; a number for the bits that have no word here. */
export type AddressFlag = Word<typeof addressFlags>;

/** Who made an address (IFAPROT_*). */
const addressProtocols = {
  unspecified: 0,
  'kernel-loopback': 1,
  'kernel-router-advertisement': 2,
  'kernel-link-local': 3,
} as const;

const FOREVER = 0xffffffff;

/** Seconds, or forever. */
const lifetime: FixedType<number | 'forever'> = {
  size: 4,
  encode(writer, value) {
    checkLifetime(value);
    uint32.encode(writer, value === 'forever' ? FOREVER : value);
  },
  decode(source, start, end) {
    const value = uint32.decode(source, start, end);
    return value === FOREVER ? 'forever' : value;
  },
};

function checkLifetime(value: unknown): void {
  if (typeof value === 'number') checkInteger(value, 0, FOREVER - 1);
  else if (value !== 'forever') throw wrongValue(`must be seconds or 'forever', not ${show(value)}`);
}

function inNumbers(seconds: number | 'forever'): number {
  return seconds === 'forever' ? FOREVER : seconds;
}

const ifaddrmsg = struct({
  family: uint8,
  prefixLength: uint8,
  flags: uint8,
  scope: choiceOf(scopes),
  device: linkIndexType,
});

type Header = ReturnType<typeof ifaddrmsg.decode>;

const cacheInfo = struct({
  preferredLifetime: lifetime,
  validLifetime: lifetime,
  created: seconds(uint32, 100),
  updated: seconds(uint32, 100),
});

/** Writes an attribute of an address, and the length of its prefix into the header if `hasLength`. */
function writeAddress(writer: Writer, number: number, value: string, hasLength: boolean): number {
  const attribute = writer.beginAttribute(number);
  const start = writer.position;
  const length = appendPrefix(writer, value);
  const size = writer.position - start;
  writer.endAttribute(attribute);
  if (hasLength) writer.bytes[writer.header + ifaddrmsg.offsets.prefixLength] = length;
  return size;
}

type Addresses = Readonly<{ address?: string; peer?: string }>;

/** The kernel's local address; without another end also the address attribute. */
const own: Field<string> & ConstantField = {
  numbers: [IFA.LOCAL, IFA.ADDRESS, IFA.ANYCAST, IFA.MULTICAST],
  readOnly: false,
  isPart: true,
  isConstant: true,
  accumulates: true,
  begin: () => '',
  encode(writer, value, values) {
    const { peer } = values as Addresses;
    writeAddress(writer, IFA.LOCAL, value, peer === undefined || !hasLength(peer));
    if (peer === undefined) writeAddress(writer, IFA.ADDRESS, value, false);
  },
  decode(source, start, end, number, previous, header) {
    if (number !== IFA.LOCAL && previous !== '') return previous as string;
    return formatPrefix(source, start, end, (header as Header).prefixLength);
  },
};

/** The address of the other end; without one it is the address itself. */
const peer: Field<string> = {
  numbers: [IFA.ADDRESS],
  readOnly: false,
  isPart: true,
  encode(writer, value, values) {
    const { address } = values as Addresses;
    const size = writeAddress(writer, IFA.ADDRESS, value, hasLength(value));
    if (familyOfText(address) !== (size === 4 ? 'inet' : 'inet6')) {
      throw wrongValue(`must be of the same family as the address, not ${show(value)}`);
    }
  },
  decode: (source, start, end, _number, _previous, header) =>
    formatPrefix(source, start, end, (header as Header).prefixLength),
};

function hasLength(value: unknown): boolean {
  return typeof value === 'string' && value.includes('/');
}

const lifetimesOf = (family: IpFamily) =>
  structFields(IFA.CACHEINFO, cacheInfo, ['validLifetime', 'preferredLifetime'], (given) => {
    const { validLifetime = 'forever', preferredLifetime = validLifetime } = given;
    // Before what is derived from it.
    at('validLifetime', () => {
      checkLifetime(validLifetime);
    });
    at('preferredLifetime', () => {
      checkLifetime(preferredLifetime);
      if (inNumbers(preferredLifetime) > inNumbers(validLifetime)) {
        throw wrongValue(
          `must not be longer than validLifetime, which is ${show(validLifetime)}, but is ${show(preferredLifetime)}`,
        );
      }
      // The kernel would never deprecate it, and list it as preferred forever.
      const isEnding = preferredLifetime !== 'forever' && preferredLifetime !== 0;
      if (family === 'inet' && validLifetime === 'forever' && isEnding) {
        throw wrongValue(
          `must be 'forever' or 0 of an IPv4 address that is valid forever, not ${show(preferredLifetime)}`,
        );
      }
    });
    return { validLifetime, preferredLifetime };
  });

const flagWords = wordsOfBits(addressFlags);

/** In the header, if it fits. */
const flags: Field<readonly AddressFlag[]> & ConstantField = {
  ...bits(IFA.FLAGS, addressFlags, uint32),
  members: ['flags'],
  isConstant: true,
  begin: (header: Header) => flagWords(header.flags),
};

/** For an IPv6 address the kernel derives it, and ignores what is given. */
const derivedScope: Field<Word<typeof scopes>> & ConstantField = {
  ...member(ifaddrmsg, 'scope'),
  encode(_writer, value, values) {
    const derived = scopeOfIpv6(parsePrefix((values as Addresses).address).bytes);
    if (numberOf(scopes, value) === scopes[derived]) return;
    throw wrongValue(`must be '${derived}', which follows from the IPv6 address, not ${show(value)}`);
  },
};

function addressFields(family: IpFamily) {
  const ipv4 = onlyIn('inet', family, 'addresses');
  const lifetimes = lifetimesOf(family);
  return {
    /** The link that has it: name or index. */
    device: inKey(filterableLink(required(member(ifaddrmsg, 'device'), 'must be the name or index of a link'))),
    /** The name of `device`, in lists with `names: true`. */
    deviceName: nameOfLink('device'),
    /** 'inet' or 'inet6'; in requests by default that of the address. */
    family: inKey(filterable(familyField(family), familyOption)),
    /**
     * The address with its prefix length: '10.1.1.1/24'; without a length the prefix is the whole address. IFA_LOCAL.
     */
    address: inKey(required(own, 'must be an address with a prefix length')),
    /** Address of the other end of a point-to-point link; with a length, that is the prefix's. Absent if there is none. IFA_ADDRESS. */
    peer: inKey(peer),
    /** IPv4: the broadcast address. None by default. IFA_BROADCAST. */
    broadcast: ipv4(field(IFA.BROADCAST, ipOf('inet'))),
    /** IPv4: a name for it that begins with the link's; the link's by default. IFA_LABEL. */
    label: ipv4(nonEmptyText(IFA.LABEL, LONGEST_LINK_NAME)),
    /**
     * Where it is valid; by default global, and host for 127.0.0.0/8. The scope of an IPv6 address follows from the
     * address, and no other one can be given.
     */
    scope: family === 'inet' ? member(ifaddrmsg, 'scope') : derivedScope,
    /** 'nodad', 'noprefixroute' ... IFA_FLAGS. */
    flags,
    /** Seconds until it vanishes; forever by default. IFA_CACHEINFO. */
    validLifetime: constant(lifetimes.validLifetime, 'forever'),
    /** Seconds until it is deprecated: no longer chosen for new connections; forever by default. IFA_CACHEINFO. */
    preferredLifetime: constant(lifetimes.preferredLifetime, 'forever'),
    /** Metric of the prefix's route. IFA_RT_PRIORITY, since 4.18. */
    metric: u32(IFA.RT_PRIORITY),
    /** Who made it. IFA_PROTO, since 5.18. */
    protocol: choice(IFA.PROTO, addressProtocols),
    /** Seconds between boot and the address's creation. IFA_CACHEINFO. */
    created: memberOf(IFA.CACHEINFO, cacheInfo, 'created'),
    /** Seconds between boot and its last change. IFA_CACHEINFO. */
    updated: memberOf(IFA.CACHEINFO, cacheInfo, 'updated'),
    /** IPv6: set if it is an anycast address. IFA_ANYCAST. */
    anycast: partly(readOnly(ipAddress(IFA.ANYCAST))),
    /** Set if it is a multicast address. IFA_MULTICAST. */
    multicast: partly(readOnly(ipAddress(IFA.MULTICAST))),
  } as const;
}

type AddressFields = ReturnType<typeof addressFields>;

export const address = ofEachFamily((family) =>
  message(ifaddrmsg, addressFields(family), {
    finish({ peer: other, ...row }): Address {
      // The kernel reports no times for an IPv4 address that lasts forever.
      if (row.preferredLifetime === 'forever' && row.flags.includes('deprecated')) row.preferredLifetime = 0;
      // The kernel does not report 0.0.0.0 as the other end of an IPv4 address, but finds the address only by it.
      if (other === undefined && family === 'inet') return { ...row, peer: row.address.replace(/^[^/]*/, '0.0.0.0') };
      return other === undefined || other === row.address ? row : { ...row, peer: other };
    },
  }),
);

/** An address to be added. Absent properties are the kernel's choice. */
export interface AddressOptions extends OptionsOf<AddressFields> {}

/** An address as the kernel describes it. Can be added again as it is. */
export interface Address extends RowOf<AddressFields> {}

/** Filters of a list of addresses. The kernel applies `device`. */
export interface AddressFilter extends FilterOf<AddressFields> {}

/** The request for a new address; `replace` also changes an existing one, as far as the kernel does. */
export function newAddress(options: AddressOptions, verb: 'add' | 'replace'): Request {
  checkIsAddress(options);
  return {
    name: 'RTM_NEWADDR',
    type: RTM.NEWADDR,
    flags: NLM_F.CREATE | (verb === 'add' ? NLM_F.EXCL : NLM_F.REPLACE),
    subject: () => addressSubject(options),
    describe,
    hint: ofUnknownIndex(options.device),
    locate: address.locate,
    encode(writer) {
      const family = familyOfText(options.address);
      const header = { family: AF[family], scope: isLoopback(options.address) ? 'host' : 'global' } as const;
      address[family].encode(writer, options, { header });
    },
  };
}

function checkIsAddress(given: unknown): asserts given is object {
  if (isObject(given)) return;
  throw wrongWhole(
    `must be an address such as '10.1.1.1/24', or { address, ... } with further properties, not ${show(given)}`,
    'address',
  );
}

function isLoopback(text: unknown): boolean {
  return typeof text === 'string' && text.startsWith('127.');
}

/** The request to delete an address. */
export function deleteAddress(options: KeyOf<AddressFields>): Request {
  checkIsAddress(options);
  return {
    name: 'RTM_DELADDR',
    type: RTM.DELADDR,
    flags: 0,
    subject: () => addressSubject(options),
    describe,
    hint: ofUnknownIndex(options.device),
    locate: address.locate,
    encode(writer) {
      const family = familyOfText(options.address);
      address[family].encode(writer, options, { header: { family: AF[family] }, only: address[family].keys });
      refuseUndefined(options, address[family].keys);
    },
  };
}

/** The request for the addresses that a filter describes. */
export function listAddresses(filter: AddressFilter = {}): Query<Address> {
  const isWanted = rowFilter('addresses', filter, address.inet);
  const { family, device } = filter;
  return {
    name: 'RTM_GETADDR',
    type: RTM.GETADDR,
    flags: NLM_F.DUMP,
    fields: address.inet.fields,
    hint: ofUnknownLink,
    locate: address.locate,
    decode(source, start, end) {
      const row = decodeAddress(source, start, end);
      // Asked for IPv6, a kernel without it answers with all families.
      return row !== undefined && isWanted(row) ? row : undefined;
    },
    encode: (writer) => {
      ifaddrmsg.encode(writer, { family: familyNumber(family), device });
    },
  };
}

/** Decodes an address's message; undefined for families other than IPv4 and IPv6. */
export const decodeAddress = address.decode;

/** The scope that the kernel gives an IPv6 address. */
function scopeOfIpv6(bytes: Uint8Array): keyof typeof scopes {
  const [first, second] = bytes as unknown as [number, number];
  if (first === 0xff) return multicastScopes[second & 0xf] ?? 'global';
  if (first === 0xfe && second >= 0x80) return second < 0xc0 ? 'link' : 'site';
  const isLoopback = bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
  return isLoopback ? 'host' : 'global';
}

/** By the four bits of a multicast address (RFC 4291). */
const multicastScopes: Readonly<Record<number, keyof typeof scopes>> = { 1: 'host', 2: 'link', 5: 'site' };

const describe = describing(address.decode, addressSubject, ifaddrmsg.offsets.device);

function addressSubject({ address: text, device }: Pick<AddressOptions, 'address' | 'device'>): string {
  return `address ${text} of ${typeof device === 'string' ? `'${device}'` : `link ${String(device)}`}`;
}

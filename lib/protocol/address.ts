import {
  AF,
  attributes,
  bits,
  checkInteger,
  choice,
  choiceOf,
  familyOf,
  familyWord,
  headed,
  ipAddress,
  ipOf,
  LONGEST_LINK_NAME,
  linkIndexType,
  numberOf,
  field,
  parsePrefix,
  seconds,
  struct,
  text,
  transparent,
  u32,
  uint32,
  uint8,
  type FixedType,
  type IpFamily,
  type LinkReference,
  type Source,
  type Word,
  parsedIp,
} from '../codec';
import { at, checkObject, show, wrongType, wrongValue } from '../errors';
import { familyNumber, familyOption, type IpFamilyOption } from './family';
import { checkFilter, checkFilterLink } from './filter';
import { NLM_F, type MessageSent, type Query, type Request } from './netlink';
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

function checkLifetime(value: number | 'forever'): void {
  if (typeof value === 'number') checkInteger(value, 0, FOREVER - 1);
  else if (value !== 'forever') throw wrongValue(`must be seconds or 'forever', not ${show(value)}`);
}

const ifaddrmsg = struct({
  family: uint8,
  prefixLength: uint8,
  flags: uint8,
  scope: choiceOf(scopes),
  device: linkIndexType,
});

const cacheInfo = struct({
  preferredLifetime: lifetime,
  validLifetime: lifetime,
  created: seconds(uint32, 100),
  updated: seconds(uint32, 100),
});

const addressMessage = headed(
  ifaddrmsg,
  attributes({
    address: parsedIp(IFA.ADDRESS),
    local: parsedIp(IFA.LOCAL),
    label: text(IFA.LABEL, LONGEST_LINK_NAME),
    broadcast: field(IFA.BROADCAST, ipOf('inet')),
    anycast: ipAddress(IFA.ANYCAST),
    multicast: ipAddress(IFA.MULTICAST),
    lifetimes: transparent(field(IFA.CACHEINFO, cacheInfo)),
    flags: bits(IFA.FLAGS, addressFlags, uint32),
    metric: u32(IFA.RT_PRIORITY),
    protocol: choice(IFA.PROTO, addressProtocols),
  }),
);

/** The property that holds a byte; what the kernel calls local is the address here. */
const locate: Request['locate'] = (...place) => {
  const property = addressMessage.locate(...place);
  return property === 'local' ? 'address' : property;
};

/** An address to be added. Absent properties are the kernel's choice. */
export interface AddressOptions {
  /** The link that has it: name or index. */
  device: LinkReference;
  /** The address with the length of its prefix: '10.1.1.1/24'; without a length it is alone. IFA_LOCAL. */
  address: string;
  /** Address of the other end of a point-to-point link; with a length, that is the prefix's. IFA_ADDRESS. */
  peer?: string | undefined;
  /** IPv4: the broadcast address. None by default. IFA_BROADCAST. */
  broadcast?: string | undefined;
  /** IPv4: a name for it that begins with the link's; the link's by default. IFA_LABEL. */
  label?: string | undefined;
  /**
   * Where it is valid; global by default, host for 127.0.0.0/8. That of an IPv6 address follows from the address, and can only
   * be said as it is.
   */
  scope?: Word<typeof scopes> | undefined;
  /** 'nodad', 'noprefixroute' ... IFA_FLAGS. */
  flags?: readonly AddressFlag[] | undefined;
  /** Seconds until it vanishes; forever by default. IFA_CACHEINFO. */
  validLifetime?: number | 'forever' | undefined;
  /** Seconds until it is deprecated: no longer chosen for new connections; forever by default. IFA_CACHEINFO. */
  preferredLifetime?: number | 'forever' | undefined;
  /** Metric of the prefix's route. IFA_RT_PRIORITY, since 4.18. */
  metric?: number | undefined;
  /** Who made it. IFA_PROTO, since 5.18. */
  protocol?: Word<typeof addressProtocols> | undefined;
}

/** An address as the kernel describes it. Can be added again as it is. */
export interface Address extends Omit<AddressOptions, 'device'> {
  /** Index of the link that has it. */
  device: number;
  family: IpFamily | number;
  scope: Word<typeof scopes>;
  flags: readonly AddressFlag[];
  validLifetime: number | 'forever';
  preferredLifetime: number | 'forever';
  /** Seconds between boot and the address's creation. */
  created?: number;
  /** Seconds between boot and its last change. */
  updated?: number;
  /** IPv6: set if it is an anycast address. IFA_ANYCAST. */
  anycast?: string;
}

/** Which addresses a dump shall have. */
export interface AddressFilter {
  /** Those of this link. The kernel selects them. */
  device?: LinkReference | undefined;
  /** Those of one family. */
  family?: IpFamilyOption | undefined;
}

const properties = new Set([
  ...['device', 'address', 'peer', 'broadcast', 'label', 'scope', 'flags', 'validLifetime', 'preferredLifetime'],
  ...['metric', 'protocol', 'family', 'created', 'updated', 'anycast', 'unknownAttributes'],
]);

/** Asks for a new address; `replace` takes one that exists as well and changes its lifetimes and flags. */
export function newAddress(options: AddressOptions, verb: 'add' | 'replace'): Request {
  checkProperties(options);
  return {
    name: 'RTM_NEWADDR',
    type: RTM.NEWADDR,
    flags: NLM_F.CREATE | (verb === 'add' ? NLM_F.EXCL : NLM_F.REPLACE),
    subject: subjectOf(options),
    locate,
    encode(writer) {
      const { scope, broadcast, label, flags, metric, protocol, validLifetime, preferredLifetime } = options;
      const { header, local, address } = place({
        device: options.device,
        address: options.address,
        peer: options.peer,
        scope,
      });
      if (header.family === AF.inet6) checkIpv6({ broadcast, label, scope }, local);
      // Before what is derived from it.
      if (validLifetime !== undefined)
        at('validLifetime', () => {
          checkLifetime(validLifetime);
        });
      const hasLifetimes = validLifetime !== undefined || preferredLifetime !== undefined;
      addressMessage.encode(writer, header, {
        local,
        address,
        broadcast,
        label,
        flags,
        metric,
        protocol,
        lifetimes: hasLifetimes
          ? {
              validLifetime: validLifetime ?? 'forever',
              preferredLifetime: preferredLifetime ?? validLifetime ?? 'forever',
            }
          : undefined,
      });
    },
  };
}

/** Asks for an address's end. */
export function deleteAddress(options: Pick<AddressOptions, 'device' | 'address' | 'peer'>): Request {
  checkProperties(options);
  return {
    name: 'RTM_DELADDR',
    type: RTM.DELADDR,
    flags: 0,
    subject: subjectOf(options),
    describe,
    locate,
    encode(writer) {
      const { header, local, address } = place({
        device: options.device,
        address: options.address,
        peer: options.peer,
      });
      addressMessage.encode(writer, header, { local, address });
    },
  };
}

/** Asks for the addresses that a filter describes. */
export function listAddresses(filter: AddressFilter = {}): Query<Address> {
  checkFilter(filter);
  const { device, family, ...rest } = filter;
  for (const name in rest) throw wrongValue('is not a filter of addresses', name);
  checkFilterLink('device', device);
  const wanted = familyOption(family);
  return {
    name: 'RTM_GETADDR',
    type: RTM.GETADDR,
    flags: NLM_F.DUMP,
    locate,
    decode(source, start, end) {
      const address = decodeAddress(source, start, end);
      // A kernel without IPv6 answers with all families when asked for that.
      return wanted === undefined || address.family === wanted ? address : undefined;
    },
    encode: (writer) => {
      addressMessage.encode(writer, { family: familyNumber(wanted), device }, {});
    },
  };
}

/** Decodes an address's message. */
export function decodeAddress(source: Source, start: number, end: number): Address {
  const header = addressMessage.decodeHeader(source, start, end);
  const { local, address, lifetimes, flags, ...values } = addressMessage.decode(source, start, end);
  const length = `/${String(header.prefixLength)}`;
  const own = local ?? address ?? values.anycast ?? values.multicast ?? '';
  return {
    device: header.device,
    family: familyWord(header.family),
    address: own + length,
    ...(local !== undefined && address !== undefined && local !== address && { peer: address + length }),
    scope: header.scope,
    flags: flags ?? [],
    validLifetime: 'forever',
    preferredLifetime: 'forever',
    ...lifetimes,
    ...values,
  };
}

/** Where an address goes: its header and the two addresses in it. */
function place({ device, address, peer, scope }: AddressOptions) {
  const own = at('address', () => parsePrefix(address));
  const other = peer === undefined ? own : at('peer', () => parsePrefix(peer));
  const family = familyOf(own.bytes);
  if (familyOf(other.bytes) !== family)
    throw wrongValue(`must be of the same family as the address, not ${show(peer)}`, 'peer');
  const { length } = peer?.includes('/') === true ? other : own;
  const isLoopback = family === 'inet' && own.bytes[0] === 127;
  return {
    header: { family: AF[family], prefixLength: length, device, scope: scope ?? (isLoopback ? 'host' : 'global') },
    local: own.bytes,
    address: other.bytes,
  } as const;
}

/** Throws if options of an IPv6 address say what its kernel code passes over without a word. */
function checkIpv6({ broadcast, label, scope }: Partial<AddressOptions>, address: Uint8Array): void {
  if (broadcast !== undefined) throw wrongValue('is a property of IPv4 addresses only', 'broadcast');
  if (label !== undefined) throw wrongValue('is a property of IPv4 addresses only', 'label');
  if (scope === undefined) return;
  const own = scopeOfIpv6(address);
  if (at('scope', () => numberOf(scopes, scope)) !== scopes[own])
    throw wrongValue(`must be '${own}', which follows from the IPv6 address, not ${show(scope)}`, 'scope');
}

/** The scope that the kernel gives an IPv6 address. */
function scopeOfIpv6(address: Uint8Array): keyof typeof scopes {
  const [first, second] = address as unknown as [number, number];
  if (first === 0xff) return multicastScopes[second & 0xf] ?? 'global';
  if (first === 0xfe && second >= 0x80) return second < 0xc0 ? 'link' : 'site';
  const isLoopback = address.every((byte, index) => byte === (index === 15 ? 1 : 0));
  return isLoopback ? 'host' : 'global';
}

/** By the four bits of a multicast address (RFC 4291). */
const multicastScopes: Readonly<Record<number, keyof typeof scopes>> = { 1: 'host', 2: 'link', 5: 'site' };

function checkProperties(options: AddressOptions): void {
  checkObject('address', options);
  for (const name in options) if (!properties.has(name)) throw wrongValue('is not a property of an address', name);
  const { device } = options;
  if (device === undefined) throw wrongType('must be the name or index of a link', 'device');
}

function describe({ source, start, end, nameAt }: MessageSent): string {
  const { address, device } = decodeAddress(source, start, end);
  return subjectOf({ address, device: nameAt(start + ifaddrmsg.offsets.device) ?? device });
}

function subjectOf({ address, device }: Pick<AddressOptions, 'address' | 'device'>): string {
  return `address ${address} of ${typeof device === 'string' ? `'${device}'` : `link ${String(device)}`}`;
}

import {
  AF,
  appendIp,
  attributes,
  bitsToNumber,
  checkInteger,
  eachElementOf,
  familyOfText,
  field,
  formatIp,
  hostOrder,
  interned,
  nameOfLink,
  someLinkIndexType,
  struct,
  u32,
  uint16,
  uint8,
  wordsOfBits,
  type Decoded,
  type Encodable,
  type Field,
  type FixedType,
  type IpFamily,
  type LinkReference,
  type Type,
  type Word,
} from '../codec';
import { checkIsObject, placeIn, show, wrongValue } from '../errors';
import { unknownName } from '../unknown-name';
import { encapsulation } from './encapsulations';
import { onlyIn } from './family';
import { RTA } from './route-numbers';

/** Flags of a next hop (RTNH_F_*), by iproute2's words. */
export const nexthopFlags = {
  dead: 0x1,
  pervasive: 0x2,
  onlink: 0x4,
  offload: 0x8,
  linkdown: 0x10,
  unresolved: 0x20,
  trap: 0x40,
} as const;

/** The flags that requests can set; the others are states, which the kernel refuses or ignores. */
export const SETTABLE_FLAGS = nexthopFlags.onlink | nexthopFlags.pervasive;

const formatGateway = interned(formatIp);
/** Bytes before the address in `struct rtvia`. */
const VIA_FAMILY_SIZE = 2;

/** A gateway. One of another family than the route has an attribute that contains its family (`struct rtvia`). */
function gateway(family: IpFamily): Field<string> {
  return {
    numbers: [RTA.GATEWAY, RTA.VIA],
    readOnly: false,
    encode(writer, value) {
      const own = familyOfText(value);
      const start = writer.beginAttribute(own === family ? RTA.GATEWAY : RTA.VIA);
      if (own !== family) writer.uint16(AF[own]);
      appendIp(writer, value);
      if (family === 'inet6' && own === 'inet') {
        throw wrongValue(`must be IPv6, as the route is, not ${show(value)}`);
      }
      writer.endAttribute(start);
    },
    decode: (source, start, end, number) =>
      formatGateway(source, number === RTA.VIA ? Math.min(start + VIA_FAMILY_SIZE, end) : start, end),
  };
}

/** Properties of both a route with one next hop and each of several next hops. */
export function hopFields(family: IpFamily) {
  return {
    /** The router that packets go to; an IPv4 route may have an IPv6 one, since 5.2. RTA_GATEWAY, RTA_VIA. */
    gateway: gateway(family),
    /** IPv4: realm of the destination, that of the source in the upper 16 bits. RTA_FLOW. */
    realm: onlyIn('inet', family, 'routes')(u32(RTA.FLOW)),
    /** The encapsulation of packets: `{ type: 'mpls', labels: [100] }`. RTA_ENCAP_TYPE, RTA_ENCAP. */
    encap: encapsulation(RTA.ENCAP_TYPE, RTA.ENCAP),
  } as const;
}

export type HopFields = ReturnType<typeof hopFields>;

/** One of several next hops of a route. */
export interface NexthopOptions extends Encodable<HopFields> {
  /** The link that packets leave by: name or index. Found by the gateway if absent. */
  device?: LinkReference | undefined;
  /** Ignored: the name of `device` in what was listed with `names: true`. */
  deviceName?: string | undefined;
  /** Its share of the traffic, relative to the others': 1 to 256, 1 by default. `rtnh_hops`, one less. */
  weight?: number | undefined;
  /** 'onlink': the gateway is reached over the link even if no route says so. `rtnh_flags`. */
  flags?: readonly Word<typeof nexthopFlags>[] | undefined;
}

/** One of several next hops of a route, as the kernel describes it. */
export interface Nexthop extends Decoded<HopFields> {
  /** Index of the link that packets leave by. */
  device: number;
  /** The name of `device`, in lists with `names: true`. Requests ignore it. */
  deviceName?: string;
  /** Its share of the traffic, relative to the others': 1 to 256. */
  weight: number;
  /** Those that can be set, and states: 'dead', 'linkdown', 'offload', 'trap'. */
  flags: readonly Word<typeof nexthopFlags>[];
}

const weight: FixedType<number> = {
  size: 1,
  encode(writer, value) {
    checkInteger(value, 1, 256);
    writer.uint8(value - 1);
  },
  decode: (source, start, end) => uint8.decode(source, start, end) + 1,
};

const flagWords = wordsOfBits(nexthopFlags);

const flags: FixedType<readonly Word<typeof nexthopFlags>[]> = {
  size: 1,
  encode(writer, value) {
    writer.uint8(bitsToNumber(nexthopFlags, value) & SETTABLE_FLAGS);
  },
  decode: (source, start, end) => flagWords(uint8.decode(source, start, end)),
};

/** `struct rtnexthop`, which is followed by its attributes. */
const rtnexthop = struct({ length: uint16, flags, weight, device: someLinkIndexType });

/** RTA_MULTIPATH: consecutive next hops of a route. */
export function nexthops(family: IpFamily): Field<Nexthop[], readonly NexthopOptions[]> {
  const fields = { ...hopFields(family), deviceName: nameOfLink('device') };
  const own = attributes(fields);
  const known = [...own.names, ...rtnexthop.names.filter((name) => name !== 'length')];
  const type: Type<Nexthop[], readonly NexthopOptions[]> = {
    encode(writer, values) {
      if (Array.isArray(values) && values.length === 0) throw wrongValue('must have one next hop at least');
      eachElementOf(values, (value: NexthopOptions) => {
        const start = writer.position;
        checkIsObject(value);
        const { device, weight: share, flags: words, ...rest } = value;
        for (const name in rest) {
          if (!known.includes(name) && name !== 'unknownAttributes') throw unknownName(name, known);
        }
        rtnexthop.encode(writer, { flags: words, weight: share, device });
        own.encode(writer, rest);
        writer.view.setUint16(start, writer.position - start, hostOrder);
      });
    },
    decode: (source, start, end) =>
      hopsOf(source.view, start, end).map((hop) => {
        const { length: _, ...header } = rtnexthop.decode(source, hop.start, hop.end);
        const values: Nexthop = header;
        own.decodeInto(values, source, hop.start + rtnexthop.size, hop.end);
        return values;
      }),
    locate(source, start, end, offset) {
      const hops = hopsOf(source.view, start, end);
      const index = hops.findIndex((hop) => offset >= hop.start && offset < hop.end);
      const hop = hops[index];
      if (hop === undefined) return undefined;
      const behind = hop.start + rtnexthop.size;
      const inner =
        offset < behind
          ? rtnexthop.locate?.(source, hop.start, behind, offset)
          : own.locate?.(source, behind, hop.end, offset);
      return placeIn(`[${String(index)}]`, inner);
    },
  };
  return { ...field(RTA.MULTIPATH, type), rows: fields };
}

/** Iterates over the next hops; ends at the first malformed one. */
function hopsOf(view: DataView, start: number, end: number): { start: number; end: number }[] {
  const hops: { start: number; end: number }[] = [];
  for (let at = start; at + rtnexthop.size <= end;) {
    const length = view.getUint16(at, hostOrder);
    if (length < rtnexthop.size || at + length > end) break;
    hops.push({ start: at, end: at + length });
    at += (length + 3) & ~3;
  }
  return hops;
}

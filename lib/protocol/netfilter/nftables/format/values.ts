import { isArray, isObject } from '../../../../errors';
import { ANY } from '../sets/set-content';
import { endsOf, formatRange } from '../values/composed-types';
import { type ipProtocols, type ValueTypeName } from '../values/types';
import { numberIn, type ValueType } from '../values/value-type';
import { formatSeconds, quoted, withoutWords } from './text';

// Values as nft writes them, by their types.

const hexadecimal = (digits: number) => (value: unknown) =>
  typeof value === 'number' ? `0x${value.toString(16).padStart(digits, '0')}` : String(value);

/** Protocols that nft calls by other names, those of /etc/protocols. */
const protocolNames: Partial<Record<string, string>> = {
  ...({ icmpv6: 'ipv6-icmp', comp: 'ipcomp' } satisfies Partial<Record<keyof typeof ipProtocols, string>>),
};

const SECONDS_OF_MINUTE = 60;
const two = (number: number) => String(number).padStart(2, '0');

/** nft tells moments in the time zone of the machine. */
function formatMoment(value: unknown): string {
  const [, fraction = ''] = /\.(\d+)Z$/.exec(String(value)) ?? [];
  const date = new Date(String(value));
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return quoted(`${day} ${time}${fraction && `.${fraction}`}`);
}

const SECONDS_OF_HOUR = 3600;
const SECONDS_OF_DAY = 86_400;

/** The time of the day in the time zone of the machine, as it is now. */
function formatHour(value: unknown): string {
  const [hours = 0, minutes = 0, seconds = 0] = String(value).split(':').map(Number);
  const utc = hours * SECONDS_OF_HOUR + minutes * SECONDS_OF_MINUTE + seconds;
  const offset = new Date().getTimezoneOffset() * SECONDS_OF_MINUTE;
  const local = (((utc - offset) % SECONDS_OF_DAY) + SECONDS_OF_DAY) % SECONDS_OF_DAY;
  const [h, m, s] = [local / SECONDS_OF_HOUR, (local / SECONDS_OF_MINUTE) % SECONDS_OF_MINUTE, local % 60].map((part) =>
    two(Math.floor(part)),
  );
  return quoted([h, m, ...(s === '00' ? [] : [s])].join(':'));
}

const HEXADECIMAL_OF_SHORT = 4;
const HEXADECIMAL_OF_LONG = 8;

/** Hexadecimal digits, as a number. */
const formatDigits = (digits: string) => `0x${digits.replace(/^0+(?=.)/, '').toLowerCase()}`;

const asIs = String;
const inQuotes = (value: unknown) => quoted(String(value));
const isThere = (value: unknown) => (typeof value === 'boolean' ? (value ? 'exists' : 'missing') : String(value));
const capital = (value: unknown) => {
  const word = String(value);
  return quoted(`${word.slice(0, 1).toUpperCase()}${word.slice(1)}`);
};

/** A class of traffic control, of which nft reads no '1:'. */
const classOf = (value: unknown) => {
  if (value === 'ingress') return 'ffff:fff1';
  return String(value).replace(/:$/, ':0');
};

/** How nft writes a value of each of its types. Flags are joined by {@link formatFlags}. */
const formats = {
  nf_proto: asIs,
  ipv4_addr: asIs,
  ipv6_addr: asIs,
  ether_addr: asIs,
  // 0x8100 has two words, of which nft writes the other one.
  ether_type: (value) => (value === 'vlan' ? '8021q' : hexadecimal(HEXADECIMAL_OF_SHORT)(value)),
  arp_op: asIs,
  inet_proto: (value) => protocolNames[String(value)] ?? String(value),
  inet_service: asIs,
  icmp_type: asIs,
  tcp_flag: hexadecimal(0),
  dccp_pkttype: asIs,
  mh_type: asIs,
  time: (value) => formatSeconds(value as number),
  mark: hexadecimal(HEXADECIMAL_OF_LONG),
  iface_index: asIs,
  iface_type: asIs,
  realm: asIs,
  classid: classOf,
  uid: asIs,
  gid: asIs,
  ct_state: hexadecimal(0),
  ct_dir: asIs,
  ct_status: hexadecimal(0),
  icmpv6_type: asIs,
  ct_label: asIs,
  pkt_type: asIs,
  icmp_code: asIs,
  icmpv6_code: asIs,
  devgroup: asIs,
  dscp: hexadecimal(2),
  ecn: asIs,
  fib_addrtype: asIs,
  boolean: isThere,
  ct_event: hexadecimal(0),
  ifname: inQuotes,
  igmp_type: asIs,
  time_date: formatMoment,
  hour: formatHour,
  day: (value) => (typeof value === 'number' ? String(value) : capital(value)),
  cgroupsv2: asIs,
  integer: (value) => (typeof value === 'string' ? formatDigits(value) : String(value)),
  string: inQuotes,
  /** Bytes of a packet that have no name: a number, or digits. */
  bytes: (value) => (typeof value === 'number' ? `0x${value.toString(16)}` : formatDigits(String(value))),
} satisfies Record<ValueTypeName | 'integer' | 'string' | 'bytes', (value: unknown) => string>;

/** A type whose values are bytes without a name. */
export function asBytes(type: ValueType): ValueType {
  return { ...type, name: 'bytes' };
}

/** A type whose values are numbers to nft. */
export function asNumber(type: ValueType): ValueType {
  return { ...type, name: 'integer', format: (bytes) => numberIn(bytes, type.isHost) };
}

/** A single value. */
export function formatValue(type: ValueType, given: unknown): string {
  const value = type.format(type.parse(given));
  return isArray(value) ? formatFlags(type, given, ' | ') : formats[type.name as keyof typeof formats](value);
}

/** Flags of one value. */
export function formatFlags(type: ValueType, given: unknown, between: ',' | ' | '): string {
  const flags = type.format(type.parse(given)) as readonly unknown[];
  const format = formats[type.name as keyof typeof formats];
  if (flags.length === 0) return type.name === 'ct_label' ? withoutWords('no label') : '0x0';
  return flags.map(format).join(between);
}

/** A number, as nft has it where it has no word. */
export function formatNumber(type: ValueType, number: number): string {
  return formats[type.name as keyof typeof formats](number);
}

/** Types whose values are no numbers to nft, or whose words are quoted. */
const withoutNumbers: ReadonlySet<string> = new Set<keyof typeof formats>([
  ...(['ipv4_addr', 'ipv6_addr', 'ether_addr', 'classid', 'time_date', 'hour', 'ifname', 'string', 'bytes'] as const),
]);

/** A value without its word: where bits are meant, and at the ends of ranges, since nft takes `echo-reply-5` for one word. */
export function formatWithoutWord(type: ValueType, given: unknown): string {
  const bytes = type.parse(given);
  return typeof type.format(bytes) === 'string' && !withoutNumbers.has(type.name)
    ? formatNumber(type, numberIn(bytes, type.isHost))
    : formatValue(type, given);
}

/** A value, a prefix, or from one to another. */
export function formatPart(type: ValueType, given: unknown): string {
  const isPrefix = type.hasPrefixes === true && typeof given === 'string' && given.includes('/');
  if (isPrefix) {
    const { first, last } = endsOf(type, given);
    if (type.name === 'integer') return [first, last].map((bytes) => String(type.format(bytes))).join('-');
    const value = formatRange(type, first, last);
    return typeof value === 'string' ? value : formatPart(type, value);
  }
  if (!isObject(given) || isArray(given)) return formatValue(type, given);
  const { from, to } = given as { from?: unknown; to?: unknown };
  return `${formatWithoutWord(type, from)}-${formatWithoutWord(type, to)}`;
}

/** The key of an element of a set: one value, or several that stand together. */
export function formatKey(types: readonly ValueType[], key: unknown): string {
  if (key === ANY) return ANY;
  if (types.length === 1) return formatPart(types[0]!, key);
  return (key as readonly unknown[]).map((part, index) => formatPart(types[index]!, part)).join(' . ');
}

import { readdirSync } from 'node:fs';
import path from 'node:path';

import { AF, attributesOf, sourceOf, Writer, type Field } from '../../lib/codec';
import { messageOf, type DeclaredMessage } from '../../lib/protocol/message-types';
import { HEADER_SIZE } from '../../lib/protocol/netlink';
import { RTM_F } from '../../lib/protocol/route-numbers';
import { RTM } from '../../lib/protocol/rtnetlink';
import { captures, hex, littleEndianTest } from '../support/golden';

// What iproute2 sends is read into properties, and written again from these alone: it is the same.

/** Commands whose requests say the same in other bytes. */
const otherwise: readonly [command: RegExp, why: string][] = [
  [/^ip addr add .* peer .* nodad/, 'iproute2 has flags that fit there in the header; the attribute has all of them'],
  [
    /^ip link .* vlan (id 10$|reorder_hdr on|egress)/,
    'where no flags are said, those of a VLAN are off, as the kernel means it',
  ],
  [/ type b\w+_slave /, 'iproute2 says a kind of the port itself, in place of that of its master'],
  [/^bridge link set/, 'iproute2 speaks to the bridge, which this library does by way of the link'],
  [/ tbf /, 'iproute2 adds tables of rates, which the kernel works out by itself'],
];

/** Attributes in the order of their numbers, those inside as well; texts without NUL. */
function tree(message: Uint8Array, start = 0, end = message.length): unknown {
  for (const size of [0, NETEM_SIZE]) {
    const spans = attributesOf(sourceOf(message), start + size, end);
    const covered = spans.reduce((sum, span) => sum + 4 + ((span.end - span.start + 3) & ~3), size);
    if (spans.length === 0 || covered < end - start || spans.some(({ number }) => number > 200)) continue;
    const inside = spans.map((span) => [span.number, tree(message, span.start, span.end)] as const);
    const sorted = inside.sort(
      ([a, one], [b, other]) => a - b || (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1),
    );
    return size === 0 ? sorted : [hex(message.subarray(start, start + size)), sorted];
  }
  const text = Buffer.from(message.subarray(start, end)).toString('latin1').replace(/\0+$/, '');
  return /^[a-z][\x20-\x7e]+$/i.test(text) ? text : hex(message.subarray(start, end));
}

/** Of the struct in front of the attributes of a qdisc. */
const NETEM_SIZE = 24;

/** What a message says, without what rows have where the kernel says nothing. */
function said(message: DeclaredMessage, captured: Uint8Array): object {
  const source = sourceOf(captured);
  const numbers = attributesOf(source, HEADER_SIZE + message.header.size, captured.length).map(({ number }) => number);
  const row = message.decode(source, HEADER_SIZE, captured.length);
  const isSaid = ([name, value]: [string, unknown]) => {
    const field = message.fields[name] as Field<unknown, never> | undefined;
    if (field !== undefined && Array.isArray(value) && value.length === 0) return false;
    const isOfHeader = field === undefined || field.numbers.length === 0 || field.members !== undefined;
    return isOfHeader || field.numbers.some((number) => numbers.includes(number));
  };
  return Object.fromEntries(Object.entries(row).filter(isSaid).map(withoutIndexZero));
}

/** Of iproute2's requests index 0 is read as it stands; this library's callers say `null`, or nothing of a hop. */
function withoutIndexZero([name, value]: [string, unknown]): [string, unknown] {
  if ((name === 'master' || name === 'activeLink') && value === 0) return [name, null];
  if (name !== 'nexthops') return [name, value];
  const hops = value as readonly { device: number }[];
  return [name, hops.map((hop) => ({ ...hop, device: hop.device === 0 ? undefined : hop.device }))];
}

/** The attributes that requests of this library never have, though those of iproute2 can. */
function readOnlyNumbers({ fields }: DeclaredMessage): unknown[] {
  const all = Object.values(fields) as Field<unknown, never>[];
  const settable = new Set(all.filter(({ readOnly }) => !readOnly).flatMap(({ numbers }) => numbers));
  return all.flatMap(({ numbers }) => numbers).filter((number) => !settable.has(number));
}

/** What the header says besides the properties. */
function headerOf(message: DeclaredMessage, type: number, family: number): object {
  const flags = type === RTM.GETROUTE ? { flags: RTM_F.LOOKUP_TABLE } : {};
  if (family === AF.unspec) return flags;
  const decoded = message.header.decode(sourceOf(Uint8Array.from([family])), 0, 1) as { family: unknown };
  return { ...flags, family: decoded.family };
}

function written(encode: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  encode(writer);
  return writer.bytes.slice(0, writer.position);
}

function expectSame(message: DeclaredMessage, captured: Uint8Array, type: number): void {
  const { size } = message.header;
  const row = said(message, captured);

  const again = written((writer) => {
    message.encode(writer, row, { header: headerOf(message, type, captured[HEADER_SIZE]!) });
  });

  expect(hex(again.subarray(0, size))).toBe(hex(captured.subarray(HEADER_SIZE, HEADER_SIZE + size)));
  const never = readOnlyNumbers(message);
  const theirs = tree(captured, HEADER_SIZE + size);
  const expected = Array.isArray(theirs) ? theirs.filter(([number]: [number]) => !never.includes(number)) : theirs;
  expect(tree(again, size)).toEqual(expected);
}

const files = readdirSync(path.join(__dirname, '..', 'golden')).filter((file) => file.endsWith('-requests.txt'));

describe.each(files)('captured requests are read and written again: %s', (file) => {
  for (const [command, captured] of captures(file.replace('.txt', ''))) {
    const isRequest = captured.length >= HEADER_SIZE;
    if (!isRequest) continue;
    const type = captured[4]! + 256 * captured[5]!;
    const why = otherwise.find(([pattern]) => pattern.test(command))?.[1];
    if (why !== undefined) {
      test.skip(`${command} [${why}]`, () => undefined);
      continue;
    }
    littleEndianTest(command, () => {
      expectSame(messageOf(type, captured[HEADER_SIZE]!)!, captured, type);
    });
  }
});

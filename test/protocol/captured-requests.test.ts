import { readdirSync } from 'node:fs';
import path from 'node:path';

import {
  AF,
  attributesOf,
  findAttribute,
  sourceOf,
  Writer,
  type AttributeSet,
  type Field,
  type Fields,
  type Members,
  type Message,
} from '../../lib/codec';
import { address } from '../../lib/protocol/address';
import { fdb } from '../../lib/protocol/fdb';
import { IFLA, IFLA_INFO } from '../../lib/protocol/link-attributes';
import { ifinfomsg } from '../../lib/protocol/link-header';
import { linkKinds, portKinds } from '../../lib/protocol/link-kinds';
import { HEADER_SIZE } from '../../lib/protocol/netlink';
import { neighbor } from '../../lib/protocol/neighbor';
import { nexthop, nexthopQuery } from '../../lib/protocol/nexthop';
import { bucketQuery } from '../../lib/protocol/nexthop-bucket';
import { qdisc } from '../../lib/protocol/qdisc';
import { lookups } from '../../lib/protocol/route-lookup';
import { routes } from '../../lib/protocol/route-message';
import { RTM_F } from '../../lib/protocol/route-numbers';
import { rules } from '../../lib/protocol/rule';
import { RTM } from '../../lib/protocol/rtnetlink';
import { captures, hex, littleEndianTest } from '../support/golden';

// What iproute2 sends is read into properties, and written again from these alone: it is the same.

type AnyMessage = Pick<Message<Members, Fields>, 'header' | 'fields' | 'decode' | 'encode'>;

const ofFamily = (messages: { inet: unknown; inet6: unknown }) => (family: number) =>
  family === AF.inet6 ? messages.inet6 : messages.inet;
const ofNeighbors = (family: number) => (family === AF.bridge ? fdb : ofFamily(neighbor)(family));

/** The declaration of each type of message, by the address family that it is of. */
const declarations = new Map<number, (family: number) => unknown>([
  [RTM.NEWADDR, ofFamily(address)],
  [RTM.DELADDR, ofFamily(address)],
  [RTM.NEWROUTE, ofFamily(routes)],
  [RTM.DELROUTE, ofFamily(routes)],
  [RTM.GETROUTE, ofFamily(lookups)],
  [RTM.NEWRULE, ofFamily(rules)],
  [RTM.DELRULE, ofFamily(rules)],
  [RTM.NEWNEIGH, ofNeighbors],
  [RTM.DELNEIGH, ofNeighbors],
  [RTM.GETNEIGH, ofNeighbors],
  [RTM.NEWNEXTHOP, () => nexthop],
  [RTM.DELNEXTHOP, () => nexthop],
  [RTM.GETNEXTHOP, () => nexthopQuery],
  [RTM.GETNEXTHOPBUCKET, () => bucketQuery],
  [RTM.NEWQDISC, () => qdisc],
  [RTM.DELQDISC, () => qdisc],
]);

/** Commands whose requests say the same in other bytes. */
const otherwise: readonly [command: RegExp, why: string][] = [
  [/^ip addr add .* peer .* nodad/, 'iproute2 has flags that fit there in the header; the attribute has all of them'],
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
function said(message: AnyMessage, captured: Uint8Array): object {
  const source = sourceOf(captured);
  const numbers = attributesOf(source, HEADER_SIZE + message.header.size, captured.length).map(({ number }) => number);
  const row = message.decode(source, HEADER_SIZE, captured.length);
  const isSaid = ([name, value]: [string, unknown]) => {
    if (Array.isArray(value) && value.length === 0) return false;
    const field = message.fields[name] as Field<unknown, never> | undefined;
    const isOfHeader = field === undefined || field.numbers.length === 0 || field.members !== undefined;
    return isOfHeader || field.numbers.some((number) => numbers.includes(number));
  };
  return Object.fromEntries(Object.entries(row).filter(isSaid));
}

/** The attributes that requests of this library never have, though those of iproute2 can. */
function readOnlyNumbers({ fields }: AnyMessage): unknown[] {
  const all = Object.values(fields) as Field<unknown, never>[];
  const settable = new Set(all.filter(({ readOnly }) => !readOnly).flatMap(({ numbers }) => numbers));
  return all.flatMap(({ numbers }) => numbers).filter((number) => !settable.has(number));
}

/** What the header says besides the properties. */
function headerOf(message: AnyMessage, type: number, family: number): object {
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

function expectSame(message: AnyMessage, captured: Uint8Array, type: number): void {
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

/** What only a kind of link, or of port, has: in a message about a link that says it. */
function expectSameKind(captured: Uint8Array): void {
  const source = sourceOf(captured);
  const info = findAttribute(source, HEADER_SIZE + ifinfomsg.size, captured.length, IFLA.LINKINFO);
  if (info === undefined) return;
  const parts = [
    [IFLA_INFO.KIND, IFLA_INFO.DATA, linkKinds],
    [IFLA_INFO.SLAVE_KIND, IFLA_INFO.SLAVE_DATA, portKinds],
  ] as const;
  for (const [kindNumber, dataNumber, kinds] of parts) {
    const kind = findAttribute(source, info.start, info.end, kindNumber);
    const data = findAttribute(source, info.start, info.end, dataNumber);
    if (kind === undefined || data === undefined) continue;
    const word = Buffer.from(captured.subarray(kind.start, kind.end)).toString().replace('\0', '');
    const set = (kinds as Record<string, { data: AttributeSet<Fields> } | undefined>)[word]?.data;
    // The peer of a pair is a whole message.
    if (set === undefined || word === 'veth') continue;

    const again = written((writer) => {
      set.encode(writer, set.decode(source, data.start, data.end));
    });

    expect(tree(again)).toEqual(tree(captured, data.start, data.end));
  }
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
      const message = declarations.get(type)?.(captured[HEADER_SIZE]!) as AnyMessage | undefined;
      if (message === undefined) expectSameKind(captured);
      else expectSame(message, captured, type);
    });
  }
});

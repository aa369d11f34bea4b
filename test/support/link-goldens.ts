import { findAttribute, sourceOf } from '../../lib/codec';
import { changeLink, newLink, type LinkOptions } from '../../lib/protocol/link';
import type { LinkKind } from '../../lib/protocol/link-kind';
import { HEADER_SIZE } from '../../lib/protocol/netlink';
import { amidst, encoded } from './bytes';
import { bytesOf, captured, captures, littleEndianTest, messageOf, treeOf, type Shapes } from './golden';

const IFINFOMSG = 16;
const IFLA_LINKINFO = 18;
const IFLA_INFO = { KIND: 1, DATA: 2, SLAVE_DATA: 5 } as const;
const all = captures('link-kind-requests');

/**
 * Compares requests about links of a kind with those of iproute2, and reads what iproute2 has sent: it says what was asked for, or
 * `read`. `nested` are the attributes of the kind that hold attributes.
 */
export function goldenLinks(kind: LinkKind, nested: readonly number[] = []) {
  const inside = Object.fromEntries(nested.map((number) => [number, { inside: {} }]));
  const shapes: Shapes = { [IFLA_LINKINFO]: { inside: { [IFLA_INFO.KIND]: 'text', [IFLA_INFO.DATA]: { inside } } } };
  return (command: string, options: object, read: object = propertiesOf(kind, options)) => {
    littleEndianTest(command, () => {
      const theirs = captured(all, command);
      const request = command.startsWith('ip link add')
        ? newLink(options as LinkOptions)
        : changeLink(indexIn(theirs), options);

      expect(messageOf(bytesOf(request), IFINFOMSG, shapes)).toEqual(messageOf(theirs, IFINFOMSG, shapes));
      expect(decodeData(kind, theirs, IFLA_INFO.DATA)).toEqual(read);
    });
  };
}

/** Compares the options of a port with those that iproute2 sends, and reads these. */
export function goldenPorts(kind: LinkKind) {
  return (command: string, options: object) => {
    littleEndianTest(command, () => {
      const theirs = captured(all, command);
      const { start, end } = dataIn(theirs, IFLA_INFO.SLAVE_DATA);

      expect(treeOf(writeData(kind, options), {})).toEqual(treeOf(theirs, {}, start, end));
      expect(decodeData(kind, theirs, IFLA_INFO.SLAVE_DATA)).toEqual(options);
    });
  };
}

/** The attributes that say these options of a kind. */
export function writeData(kind: LinkKind, options: object): Uint8Array {
  return encoded((writer) => {
    kind.data.encode(writer, options);
  });
}

/** What attributes of a kind say. */
export function readData(kind: LinkKind, content: Uint8Array): object {
  const { source, start, end } = amidst(content);
  return kind.data.decode(source, start, end);
}

function propertiesOf(kind: LinkKind, options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(kind.data.fields, name)));
}

function indexIn(message: Uint8Array): number {
  return new DataView(message.buffer, message.byteOffset).getUint32(HEADER_SIZE + 4, true);
}

function decodeData(kind: LinkKind, message: Uint8Array, number: number): object {
  const data = dataIn(message, number);
  return kind.data.decode(sourceOf(message), data.start, data.end);
}

/** Where the options of a kind lie in a message; nowhere if there are none. */
function dataIn(message: Uint8Array, number: number): { start: number; end: number } {
  const source = sourceOf(message);
  const info = findAttribute(source, HEADER_SIZE + IFINFOMSG, message.length, IFLA_LINKINFO)!;
  return findAttribute(source, info.start, info.end, number) ?? { start: 0, end: 0 };
}

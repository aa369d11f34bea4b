import { readFileSync } from 'node:fs';
import path from 'node:path';

import { attributesOf, hostOrder, sourceOf, Writer } from '../../lib/codec';
import { HEADER_SIZE, NLM_F, type Request } from '../../lib/protocol/netlink';

const GOLDEN = path.join(__dirname, '..', 'golden');

/** Captured messages by what is written above them: the command that sent them, or what they are about. */
export type Captures = ReadonlyMap<string, Uint8Array>;

/** Reads test/golden/NAME.txt. */
export function captures(name: string): Captures {
  const blocks = readFileSync(path.join(GOLDEN, `${name}.txt`), 'utf8')
    .split(/^# /m)
    .slice(1);
  return new Map(
    blocks.map((block) => {
      const [title = '', ...lines] = block.split('\n');
      return [title, messageFrom(lines)];
    }),
  );
}

/** A row that a command showed as JSON, and the message that it was made from. */
export interface Shown {
  row: ShownRow;
  message: Uint8Array;
}
export type ShownRow = Readonly<Record<string, unknown>>;

/** What the commands of test/golden/NAME.txt showed, by command, and the links by name that were made for it. */
export function shownRows(name: string): { commands: Map<string, Shown[]>; links: Map<string, number> } {
  const text = readFileSync(path.join(GOLDEN, `${name}.txt`), 'utf8');
  const blocks = text.split(/^# (?=.* -j )/m).slice(1);
  const commands = blocks.map((block): [string, Shown[]] => {
    const [command = '', ...rows] = block.split(/\n(?=[{])/);
    return [command.trimEnd(), rows.map(shownRow)];
  });
  const made = text.matchAll(/^! ip link add .*$/gm);
  const links = [...made].flatMap(([line]) => [...line.matchAll(/(\S+) index (\d+)/g)]);
  return {
    commands: new Map(commands),
    links: new Map([['lo', 1], ...links.map(([, link, index]) => [link!, Number(index)] as const)]),
  };
}

function shownRow(text: string): Shown {
  const [row = '', ...lines] = text.split('\n');
  return { row: JSON.parse(row) as ShownRow, message: messageFrom(lines) };
}

/** The bytes in those lines that are hexadecimal digits. */
function messageFrom(lines: string[]): Uint8Array {
  const digits = lines.filter((line) => /^[0-9a-f]+$/.test(line)).join('');
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

/** The capture of a title. */
export function captured(all: Captures, title: string): Uint8Array {
  const message = all.get(title);
  if (message === undefined) throw new Error(`there is no capture of: ${title}`);
  return message;
}

/** `test`, skipped on big-endian machines: the captures are from a little-endian one. */
export function littleEndianTest(name: string, body: () => void): void {
  if (hostOrder) test(name, body);
  else test.skip(`${name} [captured on a little-endian machine]`, body);
}

/** How the payload of an attribute is compared: as text whatever its NULs, or as attributes behind a header. */
export type Shape = 'text' | { header?: number; inside: Shapes };
/** The attributes that are more than bytes, by number. */
export type Shapes = Readonly<Record<number, Shape>>;

/** Attributes by number; of each its values in the order of the message. */
export type Tree = Record<number, (string | Tree | { header: string; inside: Tree })[]>;

/** Attributes regardless of their order, of padding and of the bit that marks nested ones. */
export function treeOf(message: Uint8Array, shapes: Shapes, start = 0, end = message.length): Tree {
  const tree: Tree = {};
  for (const span of attributesOf(sourceOf(message), start, end)) {
    const shape = shapes[span.number];
    const payload = message.subarray(span.start, span.end);
    const values = (tree[span.number] ??= []);
    if (shape === undefined) values.push(hex(payload));
    else if (shape === 'text') values.push(Buffer.from(payload).toString().replace(/\0+$/, ''));
    else if (shape.header === undefined) values.push(treeOf(message, shape.inside, span.start, span.end));
    else {
      const behind = span.start + shape.header;
      values.push({
        header: hex(message.subarray(span.start, behind)),
        inside: treeOf(message, shape.inside, behind, span.end),
      });
    }
  }
  return tree;
}

/** A whole message: what its headers say, and its attributes. */
export function messageOf(message: Uint8Array, headerSize: number, shapes: Shapes) {
  const { view } = sourceOf(message);
  const behind = HEADER_SIZE + headerSize;
  return {
    length: view.getUint32(0, hostOrder) === message.length,
    type: view.getUint16(4, hostOrder),
    flags: view.getUint16(6, hostOrder),
    header: hex(message.subarray(HEADER_SIZE, behind)),
    attributes: treeOf(message, shapes, behind),
  };
}

/** A request as it is sent, sequence number 0. */
export function bytesOf(request: Request): Uint8Array {
  const writer = new Writer();
  writer.reserve(HEADER_SIZE);
  request.encode(writer);
  writer.view.setUint32(0, writer.position, hostOrder);
  writer.view.setUint16(4, request.type, hostOrder);
  writer.view.setUint16(6, request.flags | NLM_F.REQUEST | NLM_F.ACK, hostOrder);
  return writer.bytes.slice(0, writer.position);
}

export function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}

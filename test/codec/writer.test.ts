import { Writer, type NamespaceReference } from '../../lib/codec';
import { attribute, bytes, thrownBy, u16, u32 } from '../support/bytes';

const written = (writer: Writer) => writer.bytes.slice(0, writer.position);

test('an attribute has its length without, and is written with padding', () => {
  const writer = new Writer();

  const start = writer.beginAttribute(3);
  writer.append(bytes(1, 2, 3));
  writer.endAttribute(start);

  expect(written(writer)).toEqual(bytes(u16(7), u16(3), [1, 2, 3, 0]));
});

test('integers are in the order of the host, and need no alignment', () => {
  const writer = new Writer();

  writer.uint8(1);
  writer.uint32(0xfedcba98);
  writer.uint16(0xfedc);

  expect(written(writer)).toEqual(bytes(1, u32(0xfedcba98), u16(0xfedc)));
});

test('it grows as needed and keeps what was written', () => {
  const writer = new Writer();
  const long = Uint8Array.from({ length: 50_000 }, (_, index) => index);

  writer.uint32(7);
  const start = writer.beginAttribute(1);
  writer.append(long);
  writer.endAttribute(start);

  expect(written(writer)).toEqual(bytes(u32(7), attribute(1, long)));
});

test.each(['uint8', 'uint16', 'uint32'] as const)('%s grows it', (method) => {
  const writer = new Writer();
  const { length } = writer.bytes;
  writer.reserve(length);

  writer[method](1);

  expect(writer.bytes.subarray(length, writer.position)).toEqual(
    { uint8: bytes(1), uint16: u16(1), uint32: u32(1) }[method],
  );
});

test('an attribute longer than its length can say is refused', () => {
  const write = (length: number) => {
    const writer = new Writer();
    const start = writer.beginAttribute(1);
    writer.append(new Uint8Array(length));
    writer.endAttribute(start);
    return writer.view.getUint16(0, u16(1)[0] === 1);
  };

  expect(write(65531)).toBe(65535);
  expect(thrownBy(() => write(65532))).toMatchObject({
    name: 'RangeError',
    message: 'is too long for one attribute: 65532 bytes',
  });
});

test('a message that failed half-way is forgotten, its references released', () => {
  const releases: string[] = [];
  const reference = (name: string): NamespaceReference => ({
    [Symbol.toStringTag]: 'NetworkNamespace',
    retain: () => 3,
    release: () => void releases.push(name),
  });
  const writer = new Writer();
  writer.uint32(1);
  writer.references.push(reference('kept'));
  writer.linkNames.push({ offset: 0, name: 'kept', slot: 0 });
  const mark = writer.mark();
  writer.uint32(0xffffffff);
  writer.references.push(reference('dropped'));
  writer.linkNames.push({ offset: 4, name: 'dropped', slot: 0 });

  writer.truncate(mark);

  expect(writer.linkNames).toEqual([{ offset: 0, name: 'kept', slot: 0 }]);
  expect(releases).toEqual(['dropped']);
  expect(writer.references).toHaveLength(1);
  writer.reserve(4);
  expect(written(writer)).toEqual(bytes(u32(1), u32(0)));
});

test('room that is made again and again is made twice as large each time', () => {
  const writer = new Writer();
  const memories = new Set<Uint8Array>();
  for (let index = 0; index < 1000; index++) {
    writer.makeRoom(100);
    writer.reserve(100);
    memories.add(writer.bytes);
  }

  expect(memories.size).toBeLessThan(10);
});

test('room for much is made at once', () => {
  const writer = new Writer();
  writer.append(Uint8Array.of(1, 2, 3));

  writer.makeRoom(1_000_000);
  const { bytes } = writer;
  writer.reserve(1_000_000);

  expect(writer.bytes).toBe(bytes);
  expect([...bytes.subarray(0, 4)]).toEqual([1, 2, 3, 0]);
});

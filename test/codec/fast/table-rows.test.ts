import fc from 'fast-check';

import {
  attributes,
  bits,
  field,
  linkAddress,
  memberOf,
  nested,
  readOnly,
  rowDecoder,
  s32,
  struct,
  Rows,
  text,
  u32,
  uint16,
  uint32,
  uint8,
  wordsOfBits,
  type Field,
  type Row,
} from '../../../lib/codec';
import { amidst, attribute, bytes, u16 as half, u32 as word } from '../../support/bytes';

const header = struct({ family: uint8, length: uint8, device: uint16, flags: uint32 });
type Header = ReturnType<typeof header.decode>;
const flagWords = wordsOfBits({ up: 1, down: 2 });
const times = struct({ used: uint32, updated: uint32 });

/** Zero stands for never. */
const expires: Field<number | undefined, number> = {
  ...s32(6),
  decode: (source, start, end) => s32(6).decode(source, start, end, 6) || undefined,
};

const joined: Field<string[]> = {
  ...readOnly(text(9, 15)),
  accumulates: true,
  decode: (source, start, end, number, previous) => [
    ...((previous ?? []) as string[]),
    text(9, 15).decode(source, start, end, number),
  ],
};

/** By the light of the message's header. */
const prefix: Field<string | undefined, never> = {
  numbers: [1],
  readOnly: true,
  encode: () => undefined,
  decode({ bytes: from }, start, _end, _number, _previous, header) {
    const { length } = header as Header;
    return length === 0 ? undefined : `${String(from[start])}/${String(length)}`;
  },
};

const set = attributes(
  {
    destination: prefix,
    metric: u32(2),
    used: memberOf(3, times, 'used'),
    updated: memberOf(3, times, 'updated'),
    words: bits(4, { one: 1, two: 2 }, uint32),
    inner: nested(5, attributes({ level: u32(1) })),
    expires,
    link: linkAddress(7),
    // Two attributes for one property.
    gateway: { ...field(8, uint8), numbers: [8, 10] },
    joined,
  },
  [11],
);

const declaration = {
  header,
  begin(row: Row, { family, length, device, flags }: Header): void {
    row.set('destination', length === 0 ? 'default' : 'any');
    row.set('family', family);
    row.set('device', device);
    row.set('flags', flagWords(flags));
    row.set('expires', 5);
  },
  attributes: set,
};

/** As each message is decoded for itself. */
function alone(content: Uint8Array): object {
  const { source, start, end } = amidst(content);
  const said = header.decode(source, start, end);
  const row = new Rows().take();
  declaration.begin(row, said);
  set.decodeTo(row, source, start + header.size, end, { header: said });
  return row.toObject();
}

function decode(decoder: ReturnType<typeof rowDecoder<Header, object, typeof set.fields>>, content: Uint8Array) {
  const { source, start, end } = amidst(content);
  return decoder(source, start, end);
}

const head = (length: number, device = 1, flags = 0) => bytes(2, length, half(device), word(flags));

test('rows are what each message says, whatever came before', () => {
  const payload = fc.oneof(
    fc.constantFrom(word(0), word(1), word(2), bytes(word(1), word(2)), bytes(word(3), word(2))),
    fc.constantFrom(bytes(1, 2, 3, 4, 5, 6), bytes(1, 2, 3, 4, 5, 7), bytes(1), bytes(), attribute(1, word(7))),
  );
  const piece = fc.tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), payload);
  const content = fc
    .tuple(fc.constantFrom(head(0), head(24), head(24, 2), head(24, 1, 3)), fc.array(piece, { maxLength: 4 }))
    .map(([first, pieces]) => bytes(first, ...pieces.map(([number, of]) => attribute(number, of))));
  const kinds = fc.array(content, { minLength: 1, maxLength: 4 });
  const order = fc.array(fc.tuple(fc.nat(3), fc.nat(), fc.nat(1)), { minLength: 20, maxLength: 40 });
  fc.assert(
    fc.property(kinds, order, (messages, picks) => {
      const decoder = rowDecoder(declaration);
      for (const [index, place, change] of picks) {
        const message = Uint8Array.from(messages[index % messages.length]!);
        message[place % message.length]! += change;

        expect(decode(decoder, message)).toStrictEqual(alone(message));
      }
    }),
    { numRuns: 100 },
  );
});

test('rows share what nobody can change, and nothing else', () => {
  const decoder = rowDecoder(declaration);
  const message = bytes(head(24, 1, 3), attribute(4, word(3)), attribute(5, attribute(1, word(9))));
  for (let round = 0; round < 20; round++) {
    const row = decode(decoder, message) as { flags: string[]; words: string[]; inner: { level: number } };

    expect(row).toStrictEqual(alone(message));
    expect(() => row.flags.push('left')).toThrow(TypeError);
    expect(() => row.words.push('three')).toThrow(TypeError);
    row.inner.level = 0;
  }
});

test('a row that begins with a list of its own keeps it', () => {
  const decoder = rowDecoder({
    ...declaration,
    begin: (row: Row, { flags }: Header) => {
      row.set('flags', [flags]);
    },
  });
  const message = bytes(head(24, 1, 3), attribute(2, word(3)));
  for (let round = 0; round < 20; round++) {
    const row = decode(decoder, message) as { flags: number[] };

    expect(row).toStrictEqual({ flags: [3], metric: 3 });
    row.flags.push(4);
  }
});

test('a property that only some messages of a kind have comes and goes', () => {
  const decoder = rowDecoder(declaration);
  const withExpires = (seconds: number) => bytes(head(24), attribute(1, [7, 0, 0, 0]), attribute(6, word(seconds)));
  for (const seconds of [0, 0, 0, 0, 3, 0, 4, 4, 4, 0, 0, 4]) {
    expect(decode(decoder, withExpires(seconds))).toStrictEqual(alone(withExpires(seconds)));
  }
});

test('a message that ends within its header', () => {
  const decoder = rowDecoder(declaration);
  for (const size of [0, 1, 3, 4, 5, 7]) {
    const cut = head(24, 1, 3).subarray(0, size);
    for (let round = 0; round < 10; round++) expect(decode(decoder, cut)).toStrictEqual(alone(cut));
  }
});

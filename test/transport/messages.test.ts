import fc from 'fast-check';

import { sourceOf } from '../../lib/codec';
import { eachMessage, readVerdict, type MessageSpan, type Verdict } from '../../lib/transport/messages';
import { ascii, attribute, bytes, u16, u32 } from '../support/bytes';
import { cappedError, done, fullError, message } from '../support/native-double';

const MSG = 1;
const OFFS = 2;

function spansOf(content: Uint8Array): MessageSpan[] {
  const spans: MessageSpan[] = [];
  eachMessage(sourceOf(content), (span) => spans.push({ ...span }));
  return spans;
}

function verdictOf(content: Uint8Array): Verdict {
  return readVerdict(sourceOf(content), spansOf(content)[0]!);
}

describe('messages of a buffer', () => {
  test('lie one behind the other, each on a multiple of four', () => {
    const content = bytes(message(16, 2, 7, [1, 2, 3]), message(20, 0, 8));

    expect(spansOf(content)).toEqual([
      { type: 16, flags: 2, sequence: 7, start: 16, end: 19 },
      { type: 20, flags: 0, sequence: 8, start: 36, end: 36 },
    ]);
  });

  test.each<[string, Uint8Array]>([
    ['of length 0', bytes(u32(0), u16(16), u16(0), u32(1), u32(0))],
    ['shorter than its header', bytes(u32(15), u16(16), u16(0), u32(1), u32(0))],
    ['that reaches beyond the end', bytes(u32(17), u16(16), u16(0), u32(1), u32(0))],
    ['of an absurd length', bytes(u32(0xfffffffd), u16(16), u16(0), u32(1), u32(0))],
    ['that is half a header', bytes(u32(16), u16(16))],
  ])('end at one %s', (_name, malformed) => {
    expect(spansOf(bytes(message(16, 0, 1), malformed))).toHaveLength(1);
  });
});

describe('the verdict', () => {
  const text = attribute(MSG, ascii('Invalid port\0'));
  const place = attribute(OFFS, u32(36));
  const request = { type: 16, flags: 5, sequence: 9, payload: bytes([1, 2, 3, 4, 5]) };

  test.each<[string, Uint8Array, Verdict]>([
    ['success', cappedError(9, 0), { errno: 0 }],
    ['an error', cappedError(9, 17), { errno: 17 }],
    ['with the kernel’s words', cappedError(9, 22, text), { errno: 22, text: 'Invalid port' }],
    ['with a place', cappedError(9, 22, text, place), { errno: 22, text: 'Invalid port', offset: 36 }],
    ['behind the whole request', fullError(request, 22, text, place), { errno: 22, text: 'Invalid port', offset: 36 }],
    ['the whole request and nothing more', fullError(request, 22), { errno: 22 }],
    ['a warning', cappedError(9, 0, text), { errno: 0, text: 'Invalid port' }],
    ['an end', done(9, 0), { errno: 0 }],
    ['an end with an error', done(9, 105), { errno: 105 }],
    ['an end without payload', done(9), { errno: 0 }],
    ['an end with the kernel’s words', done(9, 22, text), { errno: 22, text: 'Invalid port' }],
    ['a place of too few bytes', cappedError(9, 22, attribute(OFFS, u16(1))), { errno: 22 }],
    [
      'attributes that are unknown',
      cappedError(9, 22, attribute(3, u32(1)), text),
      { errno: 22, text: 'Invalid port' },
    ],
  ])('%s', (_name, content, verdict) => {
    expect(verdictOf(content)).toEqual(verdict);
  });

  test('attributes are not read where the message does not announce them', () => {
    const content = message(2, 0x100, 9, u32(-22 >>> 0), message(16, 5, 9), text);

    expect(verdictOf(content)).toEqual({ errno: 22 });
  });

  test('an echo of absurd length', () => {
    const echo = bytes(u32(0x80000000), new Uint8Array(12));

    expect(verdictOf(message(2, 0x200, 9, u32(-22 >>> 0), echo))).toEqual({ errno: 22 });
  });
});

test('random bytes are read without an error', () => {
  const header = fc
    .tuple(fc.nat(80), fc.nat(40), fc.nat(0x3ff))
    .map(([length, type, flags]) => bytes(u32(length), u16(type), u16(flags), u32(1), u32(0)));
  const piece = fc.oneof(header, fc.uint8Array({ maxLength: 24 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const content = bytes(...pieces);
      const source = sourceOf(content);

      eachMessage(source, (span) => {
        expect(span.start).toBeLessThanOrEqual(span.end);
        expect(span.end).toBeLessThanOrEqual(content.length);
        expect(readVerdict(source, span).errno).toBeGreaterThanOrEqual(0);
      });
    }),
    { numRuns: 500 },
  );
});

import { decode as decodePacket, encode as encodePacket, type Answer } from 'dns-packet';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { sourceOf } from '../../lib/codec';
import { addressesInHosts } from '../../lib/sockets/resolver/hosts';
import { decodeReply, encodeQuery } from '../../lib/sockets/resolver/message';
import { candidates, parseResolvConf } from '../../lib/sockets/resolver/resolv-conf';
import { decodeEvent } from '../../lib/protocol/events';
import { decoderOf } from '../../lib/protocol/link-reply';
import { messageOf } from '../../lib/protocol/message-types';
import { HEADER_SIZE } from '../../lib/protocol/netlink';
import { RTM } from '../../lib/protocol/rtnetlink';
import { eachMessage, readVerdict } from '../../lib/transport/messages';
import { ascii, attribute, u32 } from '../support/bytes';
import { cappedError, done } from '../support/native-double';
import { littleEndianTest } from '../support/golden';
import { repeatedly } from './budget';
import { mutated } from './mutation';
import type { Random } from './random';

// What comes from outside, with bytes changed, cut off, moved and repeated: decoders throw nothing, end soon, and read nothing but the
// message that they are given.

const GOLDEN = path.join(__dirname, '../golden');
/** Far beyond what any message takes. */
const SLOW_MS = 1000;

const captured = readdirSync(GOLDEN).flatMap((file) => {
  const lines = readFileSync(path.join(GOLDEN, file), 'utf8').split('\n');
  return lines.filter((line) => /^([0-9a-f]{2}){16,}$/.test(line)).map((line) => Buffer.from(line, 'hex'));
});

const decodeWholeLink = decoderOf({ statistics: true, addressFamilies: true });

/** All that a message can be taken for. */
function decoded(message: Uint8Array, before: Uint8Array, behind: Uint8Array): unknown[] {
  const start = before.length + HEADER_SIZE;
  const end = before.length + message.length;
  const source = sourceOf(Uint8Array.from([...before, ...message, ...behind]));
  const type = source.view.getUint16(before.length + 4, true);
  const family = message[HEADER_SIZE] ?? 0;
  return [
    decodeEvent(type, source, start, end),
    messageOf(type, family)?.decode(source, start, end),
    type === RTM.NEWLINK ? decodeWholeLink(source, start, end) : undefined,
  ];
}

/** With all that is decoded when it is first asked for. */
function whole(rows: unknown): string {
  return JSON.stringify(rows, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  });
}

function inTime<Result>(what: () => Result): Result {
  const start = performance.now();
  const result = what();
  expect(performance.now() - start).toBeLessThan(SLOW_MS);
  return result;
}

littleEndianTest('messages of the kernel', () => {
  expect(captured.length).toBeGreaterThan(300);
});

test('messages that were changed are decoded to something', async () => {
  await repeatedly(
    800,
    (random) => {
      const message = mutated(random.pick(captured), random, captured, HEADER_SIZE);
      const surroundings = (octet: number) => new Uint8Array(64).fill(octet);

      // Other bytes around it make no difference.
      const [one, other] = [0x00, 0xff].map((octet) =>
        inTime(() => whole(decoded(message, surroundings(octet), surroundings(octet)))),
      );

      expect(one).toBe(other);
    },
    0.6,
  );
});

const verdicts = [
  cappedError(9, 17, attribute(1, ascii('Invalid port\0')), attribute(2, u32(36))),
  done(9, 22, attribute(1, ascii('Too many\0'))),
];

test('datagrams that were changed are taken apart, and verdicts read', async () => {
  await repeatedly(
    400,
    (random) => {
      const datagram = Buffer.concat(
        Array.from({ length: 1 + random.below(4) }, () =>
          mutated(random.pick([...verdicts, ...captured]), random, captured, 0),
        ),
      );

      inTime(() => {
        const source = sourceOf(datagram);
        eachMessage(source, (message) => {
          expect(message.end).toBeLessThanOrEqual(datagram.length);
          readVerdict(source, message);
        });
      });
    },
    0.7,
  );
});

const query = encodeQuery({ name: 'web.example', type: 'A' });
const answers: Answer[][] = [
  [{ type: 'A', name: 'web.example', data: '10.1.1.1' }],
  [
    { type: 'CNAME', name: 'web.example', data: 'a.example' },
    { type: 'A', name: 'a.example', data: '10.1.1.1' },
    { type: 'TXT', name: 'a.example', data: 'x'.repeat(200) },
  ],
  [
    { type: 'CNAME', name: 'web.example', data: 'a.example' },
    { type: 'CNAME', name: 'a.example', data: 'web.example' },
  ],
  [{ type: 'SRV', name: 'web.example', data: { port: 1, target: 'a.example' } }],
];
const replies = answers.map((list) =>
  encodePacket({
    type: 'response',
    id: query.id,
    questions: decodePacket(Buffer.from(query.bytes)).questions!,
    answers: list,
  }),
);

test('answers of name servers that were changed say something, or nothing', async () => {
  await repeatedly(
    400,
    (random) => {
      const reply = mutated(random.pick(replies), random, replies, random.chance(0.9) ? 2 : 0);

      const said = inTime(() => decodeReply(query, reply));

      if (said === undefined) return;
      expect(['addresses', 'failure', 'truncated']).toContain(said.kind);
      if (said.kind === 'addresses') for (const one of said.addresses) expect(one).toMatch(/^[\d.]+$/);
    },
    0.9,
  );
});

const texts = [
  'nameserver 10.0.0.1',
  'search a b',
  'options ndots:3 timeout:1',
  '10.0.0.1 web.example',
  '#',
  ';',
  '\0',
  '::1%9',
];

test('files of a namespace that were changed are read', async () => {
  await repeatedly(500, (random) => {
    const text = Array.from({ length: random.below(6) }, () => line(random)).join('\n');

    inTime(() => {
      const settings = parseResolvConf(text);
      candidates('web.example', settings);
      addressesInHosts(text, 'web.example');
    });
  });
});

function line(random: Random): string {
  return mutated(Buffer.from(random.pick(texts)), random, [Buffer.from('nameserver ')], 0).toString('latin1');
}

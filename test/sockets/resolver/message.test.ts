import { decode, encode, type Answer, type Packet } from 'dns-packet';

import { decodeReply, encodeQuery } from '../../../lib/sockets/resolver/message';

const RECURSION_DESIRED = 0x100;
const CUT_OFF = 0x200;

const query = encodeQuery({ name: 'web.example', type: 'A' });

test('a query asks one question, for recursion', () => {
  expect(decode(Buffer.from(query.bytes))).toMatchObject({
    ...{ id: query.id, type: 'query', flags: RECURSION_DESIRED, answers: [], additionals: [] },
    questions: [{ name: 'web.example', type: 'A', class: 'IN' }],
  });
});

test('queries have numbers that differ', () => {
  const numbers = Array.from({ length: 50 }, () => encodeQuery({ name: 'web.example', type: 'A' }).id);

  expect(new Set(numbers).size).toBeGreaterThan(40);
});

describe('a reply', () => {
  test('has the addresses of the name, however it is written', () => {
    const answers = [address('WEB.example', '10.1.1.1'), address('web.example', '10.1.1.2')];

    expect(replyWith({ answers })).toEqual({ kind: 'addresses', addresses: ['10.1.1.1', '10.1.1.2'] });
  });

  test('has none of other names, other kinds', () => {
    const answers: Answer[] = [
      address('evil.example', '10.1.1.1'),
      { type: 'AAAA', name: 'web.example', data: '2001:db8::1' },
      { type: 'TXT', name: 'web.example', data: '10.1.1.2' },
    ];

    expect(replyWith({ answers })).toEqual({ kind: 'addresses', addresses: [] });
  });

  test('has those at the end of its aliases, in whatever order', () => {
    const answers = [
      address('c.example', '10.1.1.3'),
      alias('b.example', 'C.example'),
      alias('web.example', 'b.example'),
    ];

    expect(replyWith({ answers })).toEqual({ kind: 'addresses', addresses: ['10.1.1.3'] });
  });

  test('may have aliases in a circle, or to nowhere', () => {
    const circle = [alias('web.example', 'b.example'), alias('b.example', 'web.example')];

    expect(replyWith({ answers: circle })).toEqual({ kind: 'addresses', addresses: [] });
    expect(replyWith({ answers: [alias('web.example', 'b.example'), address('web.example', '10.1.1.1')] })).toEqual({
      kind: 'addresses',
      addresses: [],
    });
  });

  test('says that there is no such name', () => {
    expect(replyWith({ flags: 3 })).toEqual({ kind: 'addresses', addresses: [] });
  });

  test.each([
    [1, 'FORMERR'],
    [2, 'SERVFAIL'],
    [4, 'NOTIMP'],
    [5, 'REFUSED'],
    [9, 'code 9'],
  ])('of code %d is a failure, also without the question', (flags, code) => {
    expect(replyWith({ flags })).toEqual({ kind: 'failure', code });
    expect(replyWith({ flags, questions: [] })).toEqual({ kind: 'failure', code });
  });

  test('that was cut off is known by its header, whatever is left of it', () => {
    const cut = reply({ flags: CUT_OFF, answers: [address('web.example', '10.1.1.1')] });

    expect(decodeReply(query, cut)).toEqual({ kind: 'truncated' });
    expect(decodeReply(query, cut.subarray(0, -3))).toEqual({ kind: 'truncated' });
  });

  test.each<[string, Packet]>([
    ['another number', { id: query.id ^ 1 }],
    ['another name', { questions: [{ name: 'web.evil', type: 'A' }] }],
    ['another kind', { questions: [{ name: 'web.example', type: 'AAAA' }] }],
    ['another class', { questions: [{ name: 'web.example', type: 'A', class: 'CH' }] }],
    ['no question', { questions: [] }],
    ['the question alone', { type: 'query' }],
    ['a failure of another name', { flags: 2, questions: [{ name: 'web.evil', type: 'A' }] }],
  ])('that has %s is none', (_, packet) => {
    expect(replyWith({ answers: [address('web.example', '10.6.6.6')], ...packet })).toBeUndefined();
  });

  test('is none at whatever byte it ends', () => {
    const whole = reply({ answers: [alias('web.example', 'b.example'), address('b.example', '10.1.1.1')] });

    for (let length = 0; length < whole.length; length++) {
      expect(decodeReply(query, whole.subarray(0, length))).toBeUndefined();
    }
  });
});

function reply(packet: Packet): Buffer {
  const questions = [{ name: query.name, type: query.type }];
  return encode({ type: 'response', id: query.id, questions, ...packet });
}

function replyWith(packet: Packet): ReturnType<typeof decodeReply> {
  return decodeReply(query, reply(packet));
}

function address(name: string, data: string): Answer {
  return { type: 'A', name, data };
}

function alias(name: string, data: string): Answer {
  return { type: 'CNAME', name, data };
}

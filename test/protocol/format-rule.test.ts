import { formatRule, type NftFormatOptions, type NftRuleText, type NftStatement } from '../../lib';

const textOf = (...statements: NftStatement[]) => formatRule({ family: 'inet', statements });

const statements = (...given: unknown[]) => ({ family: 'inet', statements: given }) as NftRuleText;

test.each<[what: string, statement: NftStatement, text: string]>([
  ['a queue', 'queue', 'queue to 0'],
  [
    'queues',
    { queue: { number: { from: 1, to: 3 }, flags: ['fanout', 'bypass'] } },
    'queue flags bypass,fanout to 1-3',
  ],
  [
    'a queue that is computed',
    { queue: { number: { map: { key: 'cpu', elements: [{ key: 0, data: 5 }] } } } },
    'queue to meta cpu map { 0 : 5 }',
  ],
  ['a flowtable', { flow: 'f' }, 'flow add @f'],
  ['the number of a tunnel', { match: { tunnel: { id: 5 } } }, 'tunnel id 5'],
  [
    'a control group, of which nft would look up the name',
    { match: { socket: { cgroup: { level: 1, id: 77 } } } },
    'socket cgroupv2 level 1 77',
  ],
  [
    'a connection count in an element',
    { add: { set: 's', key: { ip: 'source' }, statements: [{ ctCount: { count: 5, over: true } }] } },
    'add @s { ip saddr ct count over 5 }',
  ],
  [
    'bytes that are written',
    { set: { payload: { base: 'inner', offset: 0, length: 2, value: 0x0a0b } } },
    '@ih,0,16 set 0xa0b',
  ],
  ['a count of IPsec', { match: { ipsec: { direction: 'out', level: 2, requestId: 5 } } }, 'ipsec out spnum 2 reqid 5'],
])('nft says %s in its words', (_what, statement, text) => {
  expect(textOf(statement)).toBe(text);
});

test('a rule has its comment, and its handle if that is asked for', () => {
  const rule = { family: 'inet', table: 't', chain: 'c', handle: 5, statements: ['accept'], comment: 'ssh' } as const;

  expect(formatRule(rule)).toBe('accept comment "ssh"');
  expect(formatRule(rule, { handle: true })).toBe('accept comment "ssh" # handle 5');
  expect(formatRule(rule, { handle: undefined })).toBe('accept comment "ssh"');
  expect(formatRule({ family: 'ip', statements: [] })).toBe('');
});

describe('what nft has no words for', () => {
  test('is marked, by the names that the kernel has for it', () => {
    const text = textOf(
      { match: { tcp: { destinationPort: 22 } } },
      { expressions: [{ kind: 'match', name: 'conntrack' } as object, { kind: 'counter' }, { kind: 'a\nb' }] },
      'accept',
    );

    expect(text).toBe('tcp dport 22 <? match conntrack, counter, "a\\nb" ?> accept');
  });

  test('is marked where a newer kernel says more than can be written back', () => {
    const expressions = [{ kind: 'cmp', unknownKindAttributes: [{ type: 77, data: Uint8Array.of(1) }] }];

    expect(textOf({ expressions })).toBe('<? cmp ?>');
  });

  test.each<[what: string, statement: NftStatement, text: string]>([
    ['a side of a tunnel', { match: { tunnel: { mode: 'rx', path: true } } }, '<? tunnel rx path ?> exists'],
    ['a quotation mark', { log: { prefix: 'a" accept' } }, 'log prefix <? "a\\" accept" ?>'],
    ['a variable', { log: { prefix: 'a $b' } }, 'log prefix <? "a $b" ?>'],
    ['a line feed', { match: { inputDevice: 'a\nb' } }, 'iifname <? "a\\nb" ?>'],
    ['a name with a space', { jump: 'a b' }, 'jump <? "a b" ?>'],
    ['a set with a brace', { match: { ip: { source: { set: 's } accept' } } } }, 'ip saddr @<? "s } accept" ?>'],
    ['no label', { match: { ct: { labels: { equals: [] } } } }, 'ct label == <? no label ?>'],
  ])('is marked: %s', (_what, statement, text) => {
    expect(textOf(statement)).toBe(text);
  });

  test('is marked in a comment', () => {
    const text = formatRule({ family: 'ip', statements: ['drop'], comment: 'x"; flush ruleset; "' });

    expect(text).toBe('drop comment <? "x\\"; flush ruleset; \\"" ?>');
  });
});

test('the type of an ICMP message tells which of several fields the same bytes are', () => {
  const sequence = { match: { icmp: { sequence: 5 } } };

  expect(textOf({ match: { icmp: { type: 'destination-unreachable' } } }, sequence)).toMatch(/ icmp mtu 5$/);
  expect(textOf({ match: { icmp: { type: { not: 'destination-unreachable' } } } }, sequence)).toMatch(
    / icmp sequence 5$/,
  );
});

test('ends of a range are numbers, since nft takes two words with a hyphen for one', () => {
  expect(textOf({ match: { ip: { dscp: { from: 'cs1', to: 'cs3' } } } })).toBe('ip dscp 0x08-0x18');
  expect(textOf({ match: { icmp: { type: [{ from: 'echo-reply', to: 'redirect' }] } } })).toBe('icmp type { 0-5 }');
});

test('each property of a rule is read once', () => {
  let reads = 0;
  const rule = {
    family: 'inet' as const,
    get statements(): NftStatement[] {
      return reads++ === 0 ? ['accept'] : ['drop'];
    },
  };

  expect(formatRule(rule)).toBe('accept');
});

describe('what is no rule is refused', () => {
  test.each<[what: string, rule: unknown, name: string, message: string]>([
    [
      'nothing',
      undefined,
      'TypeError',
      "rule: must be an object such as { family: 'inet', statements: ['counter', 'accept'] }, not undefined",
    ],
    [
      'a text',
      'tcp dport 22',
      'TypeError',
      "rule: must be an object such as { family: 'inet', statements: ['counter', 'accept'] }, not 'tcp dport 22'",
    ],
    [
      'a list of rules',
      [],
      'TypeError',
      "rule: must be an object such as { family: 'inet', statements: ['counter', 'accept'] }, not []",
    ],
    ['one without statements', { family: 'inet' }, 'TypeError', 'statements: must be an array, not undefined'],
    [
      'one without a family',
      { statements: [] },
      'RangeError',
      'family: must be one of inet, ip, arp, netdev, bridge, ip6, not undefined',
    ],
    [
      'a misspelt property',
      { family: 'inet', statments: [] },
      'RangeError',
      "statments: is not a property known here: did you mean 'statements'?",
    ],
    ['a comment that is no text', { ...statements('drop'), comment: 5 }, 'TypeError', 'comment: must be a text, not 5'],
    [
      'a statement that there is not',
      statements('acept'),
      'RangeError',
      "statements[0].acept: is no statement: did you mean 'accept'?",
    ],
    [
      'a word as an object',
      statements({ drop: true }),
      'RangeError',
      "statements[0].drop: is the text 'drop' alone, with no object around it",
    ],
    [
      'a word that has options as well, as an object',
      statements({ counter: true }),
      'RangeError',
      "statements[0].counter: is the text 'counter' alone, with no object around it",
    ],
    [
      "nft's word for a field of a packet",
      statements({ match: { iifname: 'eth0' } }),
      'RangeError',
      "statements[0].match.iifname: is nothing of a packet: did you mean 'inputDevice'?",
    ],
    [
      "nft's word for a field of a header",
      statements({ match: { arp: { saddr: '10.0.0.1' } } }),
      'RangeError',
      "statements[0].match.arp.saddr: is no field of arp: did you mean 'senderIp'?",
    ],
    [
      "nft's word for a result",
      statements({ match: { fib: { by: ['source'], oifname: 'eth0' } } }),
      'RangeError',
      "statements[0].match.fib.oifname: is nothing of fib: did you mean 'outputDevice'?",
    ],
    [
      'two fields in one match',
      statements({ match: { tcp: { destinationPort: 80, sourcePort: 81 } } }),
      'TypeError',
      'statements[0].match: must have one property, not destinationPort, sourcePort: write a statement for each',
    ],
    ...['10.0.0.5/8', ['10.0.0.5/8', '192.0.2.1']].map((source, index): [string, unknown, string, string] => [
      `bits behind a prefix, ${index === 0 ? 'alone' : 'among others'}`,
      statements({ match: { ip: { source } } }),
      'RangeError',
      `statements[0].match.ip.source${index === 0 ? '' : '[0].key'}: must have no bits behind its prefix, as '10.0.0.5/8' has`,
    ]),
    [
      'a wrong port',
      statements('drop', { match: { tcp: { destinationPort: 70000 } } }),
      'RangeError',
      'statements[1].match.tcp.destinationPort: must be a whole number from 0 to 65535, not 70000',
    ],
    [
      'a wrong rate',
      statements({ limit: { rate: '5; flush ruleset', per: 'second' } }),
      'TypeError',
      "statements[0].limit.rate: must be a number, not '5; flush ruleset'",
    ],
    [
      'a wrong flag',
      statements('drop', { queue: { flags: ['bypas'] } }),
      'RangeError',
      "statements[1].queue.flags: must be one of bypass, fanout, or a number, not 'bypas': did you mean 'bypass'?",
    ],
    [
      'expressions that are none',
      statements({ expressions: 5 }),
      'TypeError',
      'statements[0].expressions: must be an array, not 5',
    ],
    [
      'an expression that is none',
      statements({ expressions: [5] }),
      'TypeError',
      'statements[0].expressions[0]: must be an expression as lists have it, not 5',
    ],
  ])('%s', (_what, rule, name, message) => {
    expect(() => formatRule(rule as NftRuleText)).toThrow(expect.objectContaining({ name, message }) as Error);
  });

  test('a wrong option', () => {
    expect(() => formatRule({ family: 'ip', statements: [] }, { handle: true })).toThrow(
      'handle: must be the number of the rule, as a list tells it, not undefined',
    );
    expect(() => formatRule({ family: 'ip', statements: [] }, { handle: 5 } as unknown as NftFormatOptions)).toThrow(
      'handle: must be true or false, not 5',
    );
    expect(() => [statements('drop')].map(formatRule as never)).toThrow(
      'options: must be an object such as { handle: true }, not 0',
    );
  });
});

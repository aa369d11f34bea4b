import { expressionList, type Expression } from '../../../lib/protocol/netfilter/nftables/expressions';
import { readStatements, writeStatements } from '../../../lib/protocol/netfilter/nftables/statements';
import { RuleWriter } from '../../../lib/protocol/netfilter/nftables/statements/rule-writer';
import { types } from '../../../lib/protocol/netfilter/nftables/values/types';
import { ascii, attribute, bytes, decoded, thrownBy } from '../../support/bytes';

const noSets = { read: () => undefined, raw: () => undefined };

const read = (expressions: Expression[]) => readStatements('inet', expressions, noSets);

function write(statements: unknown, family: 'inet' | 'ip' = 'inet'): readonly Expression[] {
  const writer = new RuleWriter(family);
  writeStatements(writer, statements);
  return writer.expressions;
}

const loadMark: Expression = { kind: 'meta', key: 'mark', into: 1 };
const isFive: Expression = { kind: 'cmp', from: 1, operation: 'eq', value: { value: Uint8Array.of(5, 0, 0, 0) } };

/** What nft never makes, and another program may. */
const strange: [string, Expression[]][] = [
  ['a value that is loaded and not used', [loadMark, { kind: 'counter', packets: 1, bytes: 2 }]],
  ['a value that is loaded over another', [{ kind: 'meta', key: 'cpu', into: 1 }, loadMark, isFive]],
  ['a value that is loaded at the end', [{ kind: 'notrack' }, loadMark]],
  ['something between a value and what compares it', [loadMark, { kind: 'notrack' }, isFive]],
  ['an expression without a declaration', [{ kind: 'future', data: Uint8Array.of(1, 2) }]],
  ['bits that are turned', [loadMark, { kind: 'bitwise', from: 1, into: 1, length: 4, operation: 'lshift' }, isFive]],
  [
    'a limit with flags of a newer kernel',
    [{ kind: 'limit', rate: 1, unit: 1, burst: 5, type: 'packets', flags: [4] }],
  ],
  [
    'a mark that is written from a port',
    [
      { kind: 'payload', base: 'transport', offset: 2, length: 2, into: 1 },
      { kind: 'meta', key: 'mark', from: 1 },
    ],
  ],
  ['a payload of no field', [{ kind: 'payload', base: 'transport', offset: 77, length: 3, into: 1 }, isFive]],
];

test.each(strange)('%s is listed as it is, and written back unchanged', (_what, expressions) => {
  // Templates, by which they are encoded faster, are kept under symbols.
  expect(structuredClone(write(read(expressions)))).toEqual(expressions);
});

test('what makes sure of a protocol is said where nothing behind it needs it', () => {
  const isTcp: Expression[] = [
    { kind: 'meta', key: 'l4proto', into: 1 },
    { kind: 'cmp', from: 1, operation: 'eq', value: { value: Uint8Array.of(6) } },
  ];

  expect(read(isTcp)).toEqual([{ match: { transportProtocol: 'tcp' } }]);
  expect(read([...isTcp, { kind: 'notrack' }])).toEqual([{ match: { transportProtocol: 'tcp' } }, 'notrack']);
  expect(write([{ match: { transportProtocol: 'tcp' } }, { match: { tcp: { destinationPort: 80 } } }])).toEqual(
    write([{ match: { tcp: { destinationPort: 80 } } }]),
  );
});

const wrong: [string, unknown, string, RegExp][] = [
  [
    'a mark from a port',
    [{ set: { mark: { tcp: 'destinationPort' } } }],
    'statements[0].set.mark',
    /of type mark, not tcp.destinationPort, which is of inet_service/,
  ],
  ['a statement', ['acept'], 'statements[0].acept', /no statement/],
  ['a field', [{ match: { ip: { sorce: '10.0.0.1' } } }], 'statements[0].match.ip.sorce', /did you mean 'source'/],
  [
    'an address of the other family',
    [{ match: { ip: { source: '2001:db8::1' } } }],
    'statements[0].match.ip.source',
    /IPv4/,
  ],
  ['a port', [{ match: { tcp: { destinationPort: 70_000 } } }], 'statements[0].match.tcp.destinationPort', /65535/],
  ['two fields', [{ match: { mark: 1, cpu: 2 } }], 'statements[0].match', /one property/],
  ['a range', [{ match: { mark: { from: 9, to: 5 } } }], 'statements[0].match.mark.to', /less than 'from'/],
  ['a set of nothing', [{ match: { mark: [] } }], 'statements[0].match.mark', /an element/],
  ['an answer', [{ reject: { icmp: 'nowhere' } }], 'statements[0].reject.icmp', /one of/],
  ['a nat without an address', [{ snat: {} }], 'statements[0].snat.address', /or a port/],
  ['a nat without a family', [{ snat: { address: '10.0.0.1' } }], 'statements[0].snat.family', /'ip' or 'ip6'/],
  [
    'whether it is over',
    [{ limit: { rate: 1, per: 'second', over: 'no' } }],
    'statements[0].limit.over',
    /true or false/,
  ],
  ['a rate of nothing', [{ limit: { rate: 0, per: 'second' } }], 'statements[0].limit.rate', /from 1/],
  ['a quota of no bytes', [{ quota: { over: true } }], 'statements[0].quota.bytes', /not undefined/],
  ['no number of connections', [{ ctCount: { over: true } }], 'statements[0].ctCount.count', /not undefined/],
  ['an offer', [{ synproxy: { timestamp: 1 } }], 'statements[0].synproxy.timestamp', /true or false/],
  [
    'an option of TCP',
    [{ resetTcpOption: 'sackPermited' }],
    'statements[0].resetTcpOption',
    /did you mean 'sackPermitted'/,
  ],
  ['no map', [{ masquerade: { port: { map: null } } }], 'statements[0].masquerade.port.map', /must be an object/],
  ['a name with a NUL', [{ match: { inputDevice: 'a\0b' } }], 'statements[0].match.inputDevice', /NUL/],
  [
    'whether there is a route',
    [{ match: { fib: { by: ['source'], route: 'missing' } } }],
    'statements[0].match.fib.route',
    /true or false/,
  ],
  ...(
    [
      ['a constant without a type', 5, '', /a field, or say its type/],
      ['a constant of a type', { type: 'marc', value: 5 }, '.type', /one of nft's types/],
      ['a constant of one type in an array', { type: ['mark'], value: 5 }, '.type', /two types at least/],
      ['a constant of a type without a value', { type: 'mark' }, '.value', /must be a number/],
      ['a constant of several types', { type: ['mark', 'mark'], value: [5] }, '.value', /array of 2 values/],
      ['a constant with more', { type: 'mark', value: 5, of: 'mark' }, '.of', /is no property here/],
    ] as const
  ).map(([what, data, property, message]): [string, unknown, string, RegExp] => [
    what,
    [{ add: { set: 'm', key: 'mark', data } }],
    `statements[0].add.data${property}`,
    message,
  ]),
  [
    'whether an address gives ranges',
    [{ snat: { family: 'ip', address: '10.0.0.1', interval: true } }],
    'statements[0].snat.interval',
    /has no meaning without a map that has a name/,
  ],
  [
    'whether a map gives ranges',
    [{ snat: { family: 'ip', address: { map: { key: 'cpu', set: 'm' } }, interval: 'yes' } }],
    'statements[0].snat.interval',
    /true or false/,
  ],
  ['what cannot be set', [{ set: { length: 5 } }], 'statements[0].set.length', /cannot be set/],
];

test.each(wrong)('%s that is wrong is told by its place', (_what, statements, property, message) => {
  expect(thrownBy(() => write(statements))).toMatchObject({
    property,
    message: expect.stringMatching(message) as string,
  });
});

test('what a map gets is as it is where the type of the map is not known, or is another one', () => {
  const added: Expression[] = [
    loadMark,
    { kind: 'immediate', into: 2, value: { value: Uint8Array.of(5, 0, 0, 0) } },
    { kind: 'dynset', set: 'm', operation: 'add', key: 1, with: 2 },
  ];
  const dataOf = (data: Parameters<typeof readStatements>[2]['data']) =>
    readStatements('inet', added, { ...noSets, ...(data && { data }) });

  expect(dataOf(undefined)).toEqual([{ expressions: added }]);
  expect(dataOf(() => undefined)).toEqual([{ expressions: added }]);
  expect(dataOf(() => types.inet_service)).toEqual([{ expressions: added }]);
  expect(dataOf(() => [types.mark, types.mark])).toEqual([{ expressions: added }]);
  expect(dataOf(() => types.mark)).toEqual([{ add: { set: 'm', key: 'mark', data: { type: 'mark', value: 5 } } }]);
});

test('a field of another family than the table has is refused', () => {
  expect(thrownBy(() => write([{ match: { ip6: { source: '2001:db8::1' } } }], 'ip'))).toMatchObject({
    property: 'statements[0].match.ip6.source',
    message: expect.stringContaining('packets of this rule are of ip') as string,
  });
});

// Processors that read 64 bits at multiples of eight alone get padding in front of them: RISC-V, User-mode Linux.
test('padding in a counter is no part of it', () => {
  const name = attribute(1, ascii('counter'), 0);
  const counter = bytes(attribute(3), attribute(1, [0, 0, 0, 0, 0, 0, 0, 84]), attribute(2, [0, 0, 0, 0, 0, 0, 0, 1]));
  const content = attribute(1, name, attribute(2, counter));

  const expressions = decoded(
    { decode: (source, start, end) => expressionList(4).decode(source, start, end, 4, undefined) },
    content,
  );

  expect(read(expressions)).toEqual([{ counter: { packets: 1, bytes: 84 } }]);
});

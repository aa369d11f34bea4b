import { hostNamespace } from '../../lib';

// What is wrong with a connection is told by the property, before anything is sent: the addon is not even loaded.
jest.mock('../../lib/native', () => ({
  ...jest.requireActual<object>('../../lib/native'),
  startRuntime: () => {
    throw new Error('the addon was loaded');
  },
}));

const { conntrack } = hostNamespace();
const { expectations } = conntrack;
const ends = { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 1000, destinationPort: 80 };
const echo = { source: '10.0.0.1', destination: '10.0.0.2', icmpType: 8, icmpCode: 0, icmpId: 9 };
const tcp = { protocol: 'tcp', original: ends, timeout: 60 };
const ping = { protocol: 'icmp', original: echo, timeout: 60 };

type Wrong = [property: string, message: RegExp, given: object];

const additions: Wrong[] = [
  ['protocol', /such as 'tcp', not undefined/, { original: ends, timeout: 60 }],
  ['protocol', /must be one of .*did you mean 'tcp'/, { ...tcp, protocol: 'tpc' }],
  ['protocol', /from 0 to 255/, { ...tcp, protocol: 256 }],
  ['original', /must be an object/, { protocol: 'tcp', timeout: 60 }],
  ['timeout', /number of seconds, not undefined/, { ...tcp, timeout: undefined }],
  ['timeout', /must be 0 seconds or more/, { ...tcp, timeout: -1 }],
  ['timeout', /too many seconds/, { ...tcp, timeout: 2 ** 33 }],
  ['timeout', /number of seconds/, { ...tcp, timeout: '60' }],
  ['original.source', /must be an IP address/, { ...tcp, original: { ...ends, source: '10.0.0' } }],
  ['original.source', /must be an IP address/, { ...tcp, original: { ...ends, source: undefined } }],
  ['original.destination', /must be an IPv4 address/, { ...tcp, original: { ...ends, destination: '2001:db8::1' } }],
  ['original.source', /must be an IPv6 address/, { ...tcp, family: 6 }],
  ['reply.source', /must be an IPv4 address/, { ...tcp, reply: { ...ends, source: '2001:db8::1' } }],
  ['family', /must be 'inet' or 4/, { ...tcp, family: 'ip' }],
  ['original.sourcePort', /connections of 'tcp' have one/, { ...tcp, original: { ...ends, sourcePort: undefined } }],
  ['original.sourcePort', /from 0 to 65535/, { ...tcp, original: { ...ends, sourcePort: 65536 } }],
  ['original.sourcePort', /is not for 'icmp'/, { ...ping, original: { ...echo, sourcePort: 5 } }],
  ['original.icmpId', /is not for 'tcp'/, { ...tcp, original: { ...ends, icmpId: 5 } }],
  ['original.sourcePort', /is not for 'esp', which has no ports/, { ...tcp, protocol: 'esp' }],
  ['original.icmpType', /connections of 'icmp' have one/, { ...ping, original: { ...echo, icmpType: undefined } }],
  ['original.icmpType', /no question that is answered: 3/, { ...ping, original: { ...echo, icmpType: 3 } }],
  ['original.port', /is not a property known here/, { ...tcp, original: { ...ends, port: 5 } }],
  ['original.zone', /leave it out for zone 0/, { ...tcp, original: { ...ends, zone: 0 } }],
  ['zone', /cannot be combined with original.zone/, { ...tcp, zone: 5, original: { ...ends, zone: 6 } }],
  ['zone', /from 0 to 65535/, { ...tcp, zone: 65536 }],
  ['mark', /from 0 to 4294967295/, { ...tcp, mark: -1 }],
  ['mark', /number or { value, mask }/, { ...tcp, mark: '5' }],
  ['mark.mask', /must be a number/, { ...tcp, mark: { value: 5 } }],
  ['status', /must be one of .*did you mean 'assured'/, { ...tcp, status: ['asured'] }],
  ['status', /array of words/, { ...tcp, status: 'assured' }],
  ['labels[1]', /from 0 to 127/, { ...tcp, labels: [1, 128] }],
  ['labels.remove', /has labels that add has/, { ...tcp, labels: { add: [1], remove: [1] } }],
  ['labels', /array of numbers or { add, remove }/, { ...tcp, labels: 1 }],
  ['helper', /must be a string/, { ...tcp, helper: 5 }],
  ['helper', /at most 15 bytes/, { ...tcp, helper: 'a-very-long-name-of-a-helper' }],
  ['tcp.state', /must be one of/, { ...tcp, tcp: { state: 'open' } }],
  ['tcp.originalWindowScale', /from 0 to 255/, { ...tcp, tcp: { originalWindowScale: 256 } }],
  ['tcp.flags', /is not a property known here/, { ...tcp, tcp: { flags: [] } }],
  [
    'sequenceAdjustment.original.before',
    /must be a number/,
    { ...tcp, sequenceAdjustment: { original: { position: 1 } } },
  ],
  ['sequenceAdjustment.both', /is not a property known here/, { ...tcp, sequenceAdjustment: { both: {} } }],
  ['master.protocol', /such as 'tcp'/, { ...tcp, master: ends }],
];

test.each(additions)('add: %s %s', async (property, message, given) => {
  await expect(conntrack.add(given as never)).rejects.toMatchObject({
    property,
    message: expect.stringMatching(message) as string,
  });
});

const keys: Wrong[] = [
  ['original', /or `reply` that of the answers/, { protocol: 'tcp' }],
  ['original.source', /must be an IP address, not undefined/, { protocol: 'tcp', original: {} }],
  [
    'reply.destinationPort',
    /connections of 'udp' have one/,
    { protocol: 'udp', reply: { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 1000 } },
  ],
  ['protocol', /such as 'tcp'/, { original: ends }],
  ['original', /must be an object/, { protocol: 'tcp', original: 5 }],
  ['id', /from 0 to/, { protocol: 'tcp', original: ends, id: -1 }],
  ['colour', /is not a property known here/, { protocol: 'tcp', original: ends, colour: 1 }],
];

describe.each(['get', 'delete', 'set'] as const)('%s', (verb) => {
  test.each(keys)('%s %s', async (property, message, given) => {
    await expect((conntrack[verb] as (key: never) => Promise<unknown>)(given as never)).rejects.toMatchObject({
      ...{ property, message: expect.stringMatching(message) as string },
    });
  });
});

const filters: Wrong[] = [
  ['protocol', /must be one of/, { protocol: 'http' }],
  ['original.source', /must be an IP address/, { original: { source: '10.0.0.0/8' } }],
  [
    'reply.source',
    /must be an IPv4 address, as the filter is of those/,
    { original: { source: '10.0.0.1' }, reply: { source: '2001:db8::1' } },
  ],
  ['original.source', /must be an IPv6 address/, { family: 6, original: { source: '10.0.0.1' } }],
  ['original.icmpId', /is not for 'udp'/, { protocol: 'udp', original: { icmpId: 1 } }],
  ['mark.value', /has bits that mask, 1, leaves out: 2/, { mark: { value: 2, mask: 1 } }],
  ['zone', /from 0 to 65535/, { zone: -1 }],
  ['family', /must be 'inet' or 4/, { family: 'ip' }],
  ['original.unknownAttributes', /is not a property known here/, { original: { unknownAttributes: [] } }],
  ['status', /must be one of/, { status: ['established'] }],
  ['status', /must have a bit at least, not 0/, { protocol: 'tcp', status: [0] }],
  ['withoutStatus', /must have a bit at least, not 0/, { withoutStatus: [0] }],
  ['labels[0]', /from 0 to 127/, { labels: [128] }],
  ['reply', /must (be an object|say what)/, { reply: '10.0.0.1' }],
];

describe.each(['list', 'flush', 'watch'] as const)('%s', (verb) => {
  test.each(filters)('%s %s', async (property, message, given) => {
    await expect((conntrack[verb] as (filter: never) => Promise<unknown>)(given as never)).rejects.toMatchObject({
      ...{ property, message: expect.stringMatching(message) as string },
    });
  });
});

test.each([conntrack, expectations])('watch: a filter that is none', async (collection) => {
  await expect(collection.watch(null as never)).rejects.toMatchObject({ name: 'TypeError', property: 'filter' });
});

// By mistake it would be that of another connection: the one in no zone, or the expectation of any port.
test('delete: what is undefined in a tuple', async () => {
  const zone = { protocol: 'tcp', original: { ...ends, zone: undefined } } as const;
  const ofReply = { protocol: 'tcp', reply: { ...ends, zone: undefined } } as const;
  const port = { protocol: 'tcp', tuple: { ...ends, sourcePort: undefined } } as const;

  await expect(conntrack.delete(zone)).rejects.toMatchObject({ name: 'TypeError', property: 'original.zone' });
  await expect(conntrack.delete([ofReply])).rejects.toMatchObject({ name: 'TypeError', property: '[0].reply.zone' });
  await expect(expectations.delete(port)).rejects.toMatchObject({ name: 'TypeError', property: 'tuple.sourcePort' });
});

const master = { protocol: 'tcp', ...ends };
const expected: Wrong[] = [
  ['tuple', /must be/, { protocol: 'tcp', master }],
  ['master', /must be/, { protocol: 'tcp', tuple: ends }],
  ['tuple.destinationPort', /have one/, { protocol: 'tcp', tuple: { ...ends, destinationPort: undefined }, master }],
  [
    'mask.destination',
    /is not a property known here/,
    { protocol: 'tcp', tuple: ends, master, mask: { destination: '::' } },
  ],
  ['mask.source', /must be an IPv4 address/, { protocol: 'tcp', tuple: ends, master, mask: { source: '::' } }],
  ['flags', /must be one of/, { protocol: 'tcp', tuple: ends, master, flags: ['lasting'] }],
  ['nat.direction', /must be 'original' or 'reply'/, { protocol: 'tcp', tuple: ends, master, nat: { tuple: master } }],
];

test.each(expected)('an expectation: %s %s', async (property, message, given) => {
  await expect(expectations.add(given as never)).rejects.toMatchObject({
    property,
    message: expect.stringMatching(message) as string,
  });
});

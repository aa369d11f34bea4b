import type { NftKey, NftSetOptions, NftStatement } from '../../lib';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const tables = feature('nf_tables of both families', 'nft add table inet t');
const shifts = feature(
  'nf_tables that shift',
  'nft add table ip t; nft add chain ip t c; nft add rule ip t c meta mark set ct mark "<<" 4',
);

const longShifts = feature(
  'shifts of addresses of IPv6',
  `nft add table ip6 t; nft add chain ip6 t c; nft add set ip6 t s "{ type ipv6_addr; flags dynamic; size 9; }"
  nft add rule ip6 t c update @s "{ ip6 saddr >> 16 }"`,
);

const inTable = { family: 'inet', table: 't' } as const;

type Case = [name: string, type: NftSetOptions['key'], key: NftKey, found: unknown];

/** Of a packet from 10.1.2.3 to port 4660 (0x1234), with mark 5. */
const ofIp: Case[] = [
  ['an address to the right', 'ipv4_addr', { of: { ip: 'source' }, shiftRight: 8 }, '0.10.1.2'],
  ['an address to the left', 'ipv4_addr', { of: { ip: 'source' }, shiftLeft: 8 }, '1.2.3.0'],
  ['a port to the right', 'inet_service', { of: { udp: 'destinationPort' }, shiftRight: 2 }, 0x48d],
  ['a port to the left', 'inet_service', { of: { udp: 'destinationPort' }, shiftLeft: 4 }, 0x2340],
  [
    'a port, of which bits are set then',
    'inet_service',
    { of: { of: { udp: 'destinationPort' }, shiftRight: 8 }, or: 0x100 },
    0x112,
  ],
  [
    'a port, in front of something',
    ['inet_service', 'mark'],
    [{ of: { udp: 'destinationPort' }, shiftLeft: 4 }, 'mark'],
    { concat: [0x2340, 5] },
  ],
  ['a mark', 'mark', { of: 'mark', shiftLeft: 8 }, 0x500],
];

/** Of a packet from 2001:db8::5 with a DSCP of af11. */
const ofIp6: Case[] = [
  ['bits of two bytes', 'dscp', { ip6: 'dscp' }, 'af11'],
  ['bits of two bytes, in front of something', ['dscp', 'mark'], [{ ip6: 'dscp' }, 'mark'], { concat: ['af11', 5] }],
];
const addressesOfIp6: Case[] = [
  ['an address to the right', 'ipv6_addr', { of: { ip6: 'source' }, shiftRight: 16 }, '0:2001:db8::'],
  ['an address to the left', 'ipv6_addr', { of: { ip6: 'source' }, shiftLeft: 31 }, '::2:8000:0'],
];

/** Has a packet add to a set what a rule makes of it, and looks at the set. */
async function checkFound(family: 'ip' | 'ip6', [, type, key, found]: Case): Promise<void> {
  await using ns = await scratchNamespace();
  await ns.links.set('lo', { up: true });
  const source = family === 'ip' ? '10.1.2.3' : '2001:db8::5';
  await ns.addresses.add('lo', { address: source, flags: family === 'ip' ? [] : ['nodad'] });
  const statements: NftStatement[] = [
    { match: { udp: { destinationPort: 0x1234 } } },
    { set: { mark: 5 } },
    ...(family === 'ip6' ? [{ set: { ip6: { dscp: 'af11' } } } as const] : []),
    { update: { set: 's', key } },
  ];
  await ns.nftables.batch((nft) => {
    const table = nft.tables.add({ family: 'inet', name: 't' });
    table.sets.add({ name: 's', key: type, flags: ['dynamic'], size: 10 });
    table.chains.add({ name: 'c', type: 'filter', hook: 'output', priority: 'filter' });
    table.rules.add({ chain: 'c', statements });
  });

  const socket = await ns.createSocket({ type: family === 'ip' ? 'udp4' : 'udp6', address: source });
  await new Promise((resolve, reject) => {
    socket.send('hello', 0x1234, source, (error) => {
      if (error) reject(error);
      else resolve(undefined);
    });
  });
  socket.close();

  const listed = JSON.parse(await run(ns, 'nft', ['-j', 'list', 'set', 'inet', 't', 's'])) as {
    nftables: { set?: { elem: unknown[] } }[];
  };
  expect(listed.nftables.find(({ set }) => set)!.set!.elem).toEqual([found]);
  const rules = await ns.nftables.rules.list(inTable);
  const said = statements.slice(family === 'ip' ? -1 : -2);
  expect(rules[0]!.statements.slice(-said.length)).toEqual(said);
}

describeKernel('packet rules that shift', [tables, shifts, requiresOracle('nft')], () => {
  test.each(ofIp)('of IPv4 find %s', (...one) => checkFound('ip', one));

  test.each(ofIp6)('of IPv6 find %s', (...one) => checkFound('ip6', one));

  test('of IPv6 find a DSCP in a set of their own', async () => {
    await using ns = await scratchNamespace();
    await ns.links.set('lo', { up: true });
    await ns.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      table.chains.add({ name: 'c', type: 'filter', hook: 'output', priority: 'filter' });
      table.rules.add({ chain: 'c', statements: [{ set: { ip6: { dscp: 'af11' } } }, { set: { mark: 5 } }] });
      table.rules.add({
        chain: 'c',
        statements: [
          { match: { udp: { destinationPort: 0x1234 } } },
          { match: { concatenation: [{ ip6: 'dscp' }, 'mark'], in: [['af11', 5]] } },
          'counter',
        ],
      });
    });

    const socket = await ns.createSocket({ type: 'udp6', address: '::1' });
    await new Promise((resolve) => {
      socket.send('hello', 0x1234, '::1', resolve);
    });
    socket.close();

    const [, rule] = await ns.nftables.rules.list(inTable);
    expect(rule!.statements.at(-1)).toMatchObject({ counter: { packets: 1 } });
  });
});

describeKernel('packet rules that shift addresses of IPv6', [tables, longShifts, requiresOracle('nft')], () => {
  test.each(addressesOfIp6)('find %s', (...one) => checkFound('ip6', one));
});

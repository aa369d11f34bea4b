import { returnWriter, sourceOf, takeWriter } from '../../../lib/codec';
import { decodeFlowtable, deleteFlowtable, newFlowtable } from '../../../lib/protocol/netfilter/nftables/flowtable';
import { newChain } from '../../../lib/protocol/netfilter/nftables/chain';
import { newObject } from '../../../lib/protocol/netfilter/nftables/objects/object';
import { newRule } from '../../../lib/protocol/netfilter/nftables/rule';
import type { Request } from '../../../lib/protocol/netlink';

// What nft 1.0.6 sends (`strace -e trace=sendmsg -xx nft -f -`), of what not every kernel has: what follows the netlink header.

function sent(request: Request): string {
  const writer = takeWriter();
  request.encode(writer);
  const hex = Buffer.from(writer.bytes.subarray(0, writer.position)).toString('hex');
  returnWriter(writer);
  return hex;
}

const hex = (...parts: string[]) => parts.join('').replaceAll(' ', '');
const INET_T = '01000000 06000100 74000000';
const where = { family: 'inet', table: 't' } as const;

// flowtable f { hook ingress priority filter + 5; devices = { lo }; flags offload; counter; }
test('a flowtable is sent as nft sends it', () => {
  const request = newFlowtable({ ...where, name: 'f', priority: 5, devices: ['lo'], flags: ['offload', 'counter'] });

  // nft has the flags behind the hook.
  const [hook, flags] = [
    '20000380 08000100 00000000 08000200 00000005 0c000380 07000100 6c6f0000',
    '08000700 00000003',
  ];
  expect(sent(request)).toBe(hex(INET_T, '06000200 66000000', flags, hook));
});

// flowtable g { hook ingress priority 7; devices = { lo, eth0 }; }
test('a flowtable with several devices is sent as nft sends it', () => {
  const request = newFlowtable({ ...where, name: 'g', priority: 7, devices: ['eth0', 'lo'] });

  const hook = '2c000380 08000100 00000000 08000200 00000007 18000380 09000100 65746830 00000000 07000100 6c6f0000';
  expect(sent(request)).toBe(hex(INET_T, '06000200 67000000', '08000700 00000000', hook));
});

// delete flowtable inet t f
test('a flowtable is deleted by its name, whatever a list says besides', () => {
  const row = { ...where, name: 'f', hook: 'ingress', priority: 5, devices: ['lo'], handle: 7, use: 0 } as const;

  expect(sent(deleteFlowtable(row))).toBe(hex(INET_T, '06000200 66000000'));
});

// nf_tables_fill_flowtable_info(): the table, the name, the handle, how many use it, flags, the hook.
test('a flowtable of a list is read, and can be added again', () => {
  const bytes = Buffer.from(
    hex(
      ...[INET_T, '06000200 66000000', '0c000500 0000000000000007', '08000400 00000001', '08000700 00000002'],
      '2c000380 08000100 00000000 08000200 00000000 18000380 09000100 65746830 00000000 07000100 6c6f0000',
    ),
    'hex',
  );

  const row = decodeFlowtable(sourceOf(bytes), 0, bytes.length);

  expect(row).toEqual({
    ...{ ...where, name: 'f', hook: 'ingress', priority: 'filter', devices: ['eth0', 'lo'], flags: ['counter'] },
    ...{ handle: 7, use: 1 },
  });
  expect(sent(newFlowtable(row as never))).toContain('6c6f');
});

// secmark s { "system_u:object_r:ssh_server_packet_t:s0" }
test('a security context is sent as nft sends it', () => {
  const context = 'system_u:object_r:ssh_server_packet_t:s0';
  const data = `30000480 2c000100 ${Buffer.from(context).toString('hex')}`;

  const request = newObject({ ...where, kind: 'secmark', name: 's', context });

  expect(sent(request)).toBe(hex(INET_T, '06000200 73000000', '08000300 00000008', data));
});

// meta secmark set "s"
test('a rule that gives packets a security context is sent as nft sends it', () => {
  const [request] = newRule({ ...where, chain: 'c', statements: [{ set: { secmark: 's' } }] });

  // nft sends the name without its NUL, which is the same to the kernel.
  const reference = '0b000100 6f626a7265660000 14000280 08000100 00000008 06000200 73000000';
  expect(sent(request!)).toBe(hex(INET_T, '06000200 63000000', '28000480', '24000180', reference));
});

// chain n c { type filter hook ingress device lo priority 0; flags offload; }
test('a chain that devices apply by themselves has its flag', () => {
  const request = newChain({
    ...{ family: 'netdev', table: 'n', name: 'c', type: 'filter', hook: 'ingress', priority: 0, devices: ['lo'] },
    flags: ['offload'],
  });

  expect(sent(request)).toContain(hex('08000a00 00000002'));
});

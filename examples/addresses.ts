/** IPv4 and IPv6 addresses: scopes, lifetimes, flags, a point-to-point peer; replaced, deleted and flushed. */
import { createNamespace, type NetworkNamespace } from 'rtnetlink';

async function main(): Promise<void> {
  await using namespace = await createNamespace();
  const { links, addresses } = namespace;
  await links.set('lo', { up: true });
  await links.add({ kind: 'bridge', name: 'br0', up: true });

  await Promise.all([
    addresses.add('br0', '10.1.1.1/24'),
    addresses.add('br0', { address: '10.1.2.1/24', broadcast: '10.1.2.255', label: 'br0:web' }),
    addresses.add('br0', { address: '192.0.2.1', peer: '192.0.2.2/32' }),
    addresses.add('br0', {
      address: '2001:db8::1/64',
      flags: ['nodad'],
      validLifetime: 3600,
      preferredLifetime: 1800,
    }),
  ]);
  await show('added', namespace);

  await addresses.replace('br0', { address: '2001:db8::1/64', validLifetime: 'forever' });
  await addresses.delete('br0', '10.1.2.1/24');
  await show('one replaced, one deleted', namespace);

  await addresses.add('br0', '10.1.1.1/24').catch((error: unknown) => {
    console.log(`\n${String(error)}`);
  });

  await addresses.flush({ device: 'br0' });
  await show('br0 flushed', namespace);
}

async function show(heading: string, { addresses, links }: NetworkNamespace): Promise<void> {
  console.log(`\n${heading}:`);
  const names = new Map((await links.list()).map((link) => [link.index, link.name]));
  for (const { device, address, peer, scope, label, flags, validLifetime } of await addresses.list()) {
    const details = [`scope ${scope}`, label && `label ${label}`, ...flags, `valid ${validLifetime}`];
    const whole = peer === undefined ? address : `${address} peer ${peer}`;
    console.log(`  ${names.get(device)?.padEnd(5)} ${whole.padEnd(28)} ${details.filter(Boolean).join(', ')}`);
  }
}

void main();

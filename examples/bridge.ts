/** A bridge with two ports and its forwarding table: what it learns, what it is told, and when it forgets. */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { createNamespace, type FdbEntry, type NetworkNamespace } from 'rtnetlink';

async function main(): Promise<void> {
  await using host = await createNamespace();
  await using blue = await createNamespace();
  await using red = await createNamespace();

  await host.links.add({ kind: 'bridge', name: 'br0', up: true, stp: false });
  const bridge = await host.links.get('br0');
  if (bridge.kind === 'bridge') console.log(`br0 forgets after ${bridge.ageingTime} s`);

  await plug(host, 'port1', blue, '02:00:00:00:00:01', '10.1.1.1/24');
  await plug(host, 'port2', red, '02:00:00:00:00:02', '10.1.1.2/24');
  const ports = await host.links.list({ master: 'br0' });
  console.log(`its ports: ${ports.map(({ name, bridgePort }) => `${name} (${bridgePort?.state})`).join(', ')}`);

  await using server = net.createServer((socket) => socket.end());
  await blue.listen(server, { port: 7 });
  (await red.connect({ host: '10.1.1.1', port: 7 })).destroy();
  await show('blue and red have talked', host);

  await host.fdb.add({ device: 'port1', address: '02:00:00:00:00:aa' });
  await host.fdb.add({ device: 'port2', address: '02:00:00:00:00:bb', state: 'permanent' });
  await show('two entries were added', host);

  // What blue and red say from now on, to find out whether the other is still there, is not learned again.
  await Promise.all(ports.map(({ name }) => host.links.set(name, { bridgePort: { learning: false } })));
  await host.links.set('br0', { kind: 'bridge', ageingTime: 0.05 });
  // The kernel clears them away on its own time; those whose time is over are 'stale' until then.
  const isLearned = ({ state }: FdbEntry) => state === 'dynamic' || state === 'stale';
  while ((await host.fdb.list({ master: 'br0' })).some(isLearned)) await sleep(50);
  await host.fdb.delete({ device: 'port1', address: '02:00:00:00:00:aa' });
  await show('what was learned is too old, the static entry deleted', host);

  await host.links.set('port1', { master: null });
  console.log(`\nport1 is released: ${(await host.links.get('port1')).master === undefined}`);
}

/** A namespace's eth0 becomes a port of br0. */
async function plug(host: NetworkNamespace, port: string, guest: NetworkNamespace, mac: string, address: string) {
  await host.links.add({
    kind: 'veth',
    name: port,
    master: 'br0',
    up: true,
    peer: { name: 'eth0', address: mac, namespace: guest, up: true, addressGenerationMode: 'none' },
  });
  await guest.addresses.add('eth0', address);
  // The kernel finds out on its own time that both ends are up, and drops packets until then.
  await guest.links.waitFor('eth0', 'up');
  await host.links.waitFor(port, (link) => link.bridgePort?.state === 'forwarding');
}

async function show(heading: string, host: NetworkNamespace): Promise<void> {
  console.log(`\n${heading}:`);
  const names = new Map((await host.links.list()).map((link) => [link.index, link.name]));
  for (const { address, device, state } of await host.fdb.list({ master: 'br0' })) {
    // Those of the ports themselves are left out: the kernel chose them, at random.
    if (address.startsWith('02:00:00:')) console.log(`  ${address} behind ${names.get(device)}, ${state}`);
  }
}

void main();

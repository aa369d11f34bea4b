/** Settings of a namespace: a router that forwards between two others once it is told to. */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { createNamespace, type NetworkNamespace } from 'rtnetlink';

async function main(): Promise<void> {
  await using router = await createNamespace();
  await using blue = await createNamespace();
  await using red = await createNamespace();
  await join(router, 'to.blue', blue, '10.1.1.1', '10.1.1.254');
  await join(router, 'to.red', red, '10.1.2.1', '10.1.2.254');

  await using server = net.createServer((socket) => socket.end());
  await red.listen(server, { port: 7 });

  await router.sysctl.set('net.ipv4.ip_forward', 0);
  console.log(`the router forwards: ${await router.sysctl.get('net.ipv4.ip_forward')}`);
  console.log(`blue to red: ${await reach(blue, '10.1.2.1', 300)}`);

  await router.sysctl.set({ 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.to.blue.log_martians': true });
  console.log(`\nthe router forwards: ${await router.sysctl.get('net.ipv4.ip_forward')}`);
  console.log(`blue to red: ${await reach(blue, '10.1.2.1', 5000)}`);

  console.log('\nsettings of to.blue that are not 0:');
  for (const { key, value } of await router.sysctl.list('net.ipv4.conf.to.blue')) {
    if (value !== '0') console.log(`  ${key} = ${value ?? '(cannot be read)'}`);
  }

  console.log('\nfiles of the router:');
  const devices = await router.files.list('/sys/class/net');
  console.log(`  /sys/class/net has ${devices.map(({ name }) => name).join(', ')}`);
  console.log(
    `  to.blue counts ${(await router.files.read('/sys/class/net/to.blue/statistics/rx_packets')).trim()} packets`,
  );
  console.log(`  /proc/net/sockstat begins with '${(await router.files.read('/proc/net/sockstat')).split('\n')[0]}'`);

  console.log('\nwhat goes wrong:');
  for (const [key, value] of [
    ['net.ipv4.ip_forward', 'yes'],
    ['net.ipv4.forward', 1],
    ['kernel.hostname', 'red'],
  ] as const) {
    await router.sysctl.set(key, value).catch((error: unknown) => {
      console.log(`  ${String(error)}`);
    });
  }
}

/** A guest's eth0 at the router's port, with a default route through it. */
async function join(router: NetworkNamespace, port: string, guest: NetworkNamespace, address: string, gateway: string) {
  await router.links.add({ kind: 'veth', name: port, up: true, peer: { name: 'eth0', namespace: guest, up: true } });
  await router.addresses.add(port, `${gateway}/24`);
  await guest.addresses.add('eth0', `${address}/24`);
  await guest.routes.add({ destination: 'default', gateway });
  // The kernel finds out on its own time that both ends are up, and drops packets until then.
  while ((await guest.links.get('eth0')).operationalState !== 'up') await sleep(1);
  while ((await router.links.get(port)).operationalState !== 'up') await sleep(1);
}

async function reach(from: NetworkNamespace, host: string, patience: number): Promise<string> {
  try {
    (await from.connect({ host, port: 7, signal: AbortSignal.timeout(patience) })).destroy();
    return 'connected';
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'no answer' : String(error);
  }
}

void main();

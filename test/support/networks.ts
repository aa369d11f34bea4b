import { createNamespace, type NetworkNamespace } from '../../lib';

/** A namespace whose loopback device is up. */
export function namespaceWithLoopback(): Promise<NetworkNamespace> {
  return createNamespace(undefined, (made) => [made.links.set('lo', { up: true })]);
}

/** Two namespaces on the bridge of a third, with the addresses 10.1.1.1 and 10.1.1.2 on their eth0, ready to talk. */
export async function bridged(host: NetworkNamespace, a: NetworkNamespace, b: NetworkNamespace): Promise<void> {
  await host.links.add({ kind: 'bridge', name: 'br0', up: true });
  for (const [number, inside] of [a, b].entries()) {
    await wire(host, inside, `port${number + 1}`, `10.1.1.${number + 1}/24`);
  }
}

/** Makes a namespace a port of the bridge br0 of another: `name` there, eth0 inside. Resolves when packets pass. */
export async function wire(
  host: NetworkNamespace,
  inside: NetworkNamespace,
  name: string,
  address: string,
): Promise<void> {
  const peer = { name: 'eth0', namespace: inside, up: true };
  await host.links.add({ kind: 'veth', name, master: 'br0', up: true, peer });
  await inside.addresses.add('eth0', address);
  await Promise.all([inside.links.waitFor('eth0', 'up'), host.links.waitFor(name, 'up')]);
}

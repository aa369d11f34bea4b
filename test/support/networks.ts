import { createNamespace, type NetworkNamespace } from '../../lib';

/** A namespace whose loopback device is up. */
export function namespaceWithLoopback(): Promise<NetworkNamespace> {
  return createNamespace(undefined, (made) => [made.links.set('lo', { up: true })]);
}

/** Two namespaces on the bridge of a third, with the addresses 10.1.1.1 and 10.1.1.2 on their eth0, ready to talk. */
export async function bridged(host: NetworkNamespace, a: NetworkNamespace, b: NetworkNamespace): Promise<void> {
  await host.links.add({ kind: 'bridge', name: 'br0', up: true });
  for (const [number, inside] of [a, b].entries()) {
    await host.links.add({
      ...{ kind: 'veth', name: `port${number + 1}`, master: 'br0', up: true },
      peer: { name: 'eth0', namespace: inside, up: true },
    });
    await inside.addresses.add('eth0', `10.1.1.${number + 1}/24`);
  }
  await Promise.all([a, b].map((inside) => inside.links.waitFor('eth0', 'up')));
}

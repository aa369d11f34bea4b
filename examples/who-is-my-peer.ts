/**
 * Where does the other end of a veth lead? What is otherwise found with `ethtool -S eth0`, `ip link` and a search.
 * With a device of the host as its argument it tells of that one, and changes nothing: who-is-my-peer vethf00
 */
import { createNamespace, hostNamespace, type NetworkNamespace } from 'rtnetlink';

async function main(): Promise<void> {
  const device = process.argv[2];
  if (device !== undefined) {
    await tell(hostNamespace(), device);
    return;
  }

  await using left = await createNamespace();
  await using right = await createNamespace();
  await left.links.add({ kind: 'veth', name: 'near', peer: { name: 'far', namespace: right } });
  await left.links.add({ kind: 'veth', name: 'here', peer: { name: 'also-here' } });
  await left.links.add({ kind: 'bridge', name: 'br0' });

  for (const name of ['near', 'here', 'br0']) await tell(left, name);
}

async function tell(namespace: NetworkNamespace, device: string): Promise<void> {
  try {
    const peer = await namespace.links.peer(device);
    const where =
      peer.namespaceId === undefined
        ? 'in the same namespace'
        : `in ${peer.namespace?.name ?? peer.namespace?.path ?? 'a namespace that nothing here leads to'}`;
    console.log(`${device}: its peer is ${peer.link.name}, link ${peer.link.index} (${peer.link.address}), ${where}`);
  } catch (error) {
    console.log(`${device}: ${(error as Error).message}`);
    if (process.argv[2] !== undefined) process.exitCode = 1;
  }
}

void main();

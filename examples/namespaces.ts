/** Network namespaces: with and without a name, opened again by name, by process and by path, compared and deleted. */
import { createNamespace, hostNamespace, listNamespaces, openNamespace, type NetworkNamespace } from 'rtnetlink';

async function main(): Promise<void> {
  const name = `example-${process.pid}`;
  await using named = await createNamespace(name);
  const names = (await listNamespaces()).map((namespace) => namespace.name);
  console.log(`'ip netns list' shows ${name}: ${names.includes(name)}`);

  await using unnamed = await createNamespace();
  console.log(`without a name: ${identity(unnamed)}, held by file descriptor ${unnamed.fd} of this process`);

  await using byName = await openNamespace(name);
  await using byPath = await openNamespace(`/run/netns/${name}`);
  console.log(`opened by name and by path it is ${identity(byName)}: ${named.equals(byName) && named.equals(byPath)}`);

  await using ofProcess = await openNamespace({ pid: process.pid });
  console.log(`this process stayed in the host's, ${identity(ofProcess)}: ${hostNamespace().equals(ofProcess)}`);

  // A new namespace has nothing but its own loopback, which is down.
  for (const link of await named.links.list()) {
    console.log(`in ${name}: ${link.index}: ${link.name}, ${link.up ? 'up' : 'down'}`);
  }

  await named.delete();
  const left = (await listNamespaces()).map((namespace) => namespace.name);
  console.log(`deleted, 'ip netns list' shows ${name}: ${left.includes(name)}`);
}

function identity({ inode }: NetworkNamespace): string {
  return `net:[${inode}]`;
}

void main();

/** Two namespaces joined by a veth pair, like two machines by a cable: they talk, and without it they do not. */
import net from 'node:net';
import { text } from 'node:stream/consumers';

import { createNamespace } from 'rtnetlink';

async function main(): Promise<void> {
  await using blue = await createNamespace();
  await using red = await createNamespace();

  // One request makes both ends, each in its namespace and under its name.
  await blue.links.add({
    kind: 'veth',
    name: 'eth0',
    up: true,
    peer: { name: 'eth0', namespace: red, up: true },
  });
  await blue.addresses.add('eth0', '10.1.1.1/24');
  await red.addresses.add('eth0', '10.1.1.2/24');

  // The kernel finds out on its own time that both ends are up, and drops packets until then.
  await Promise.all([blue, red].map(({ links }) => links.waitFor('eth0', 'up')));

  await using server = net.createServer((socket) => socket.end(`hello ${socket.remoteAddress}`));
  await blue.listen(server, { host: '10.1.1.1', port: 7 });

  for (let sequence = 1; sequence <= 3; sequence++) {
    const start = performance.now();
    const socket = await red.connect({ host: '10.1.1.1', port: 7 });
    const reply = await text(socket);
    const milliseconds = (performance.now() - start).toFixed(2);
    console.log(`10.1.1.1 said '${reply}': seq=${sequence} time=${milliseconds} ms`);
  }

  // Deleting one end deletes the other.
  await blue.links.delete('eth0');
  console.log(`red has ${(await red.links.list()).map((link) => link.name).join(', ')}`);
  await red.connect({ host: '10.1.1.1', port: 7 }).catch((error: unknown) => {
    console.log(`without the cable: ${String(error)}`);
  });
}

void main();

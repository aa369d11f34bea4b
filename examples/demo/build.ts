import { createNamespace, type NetworkNamespace } from 'rtnetlink';

/** A namespace, and what the demo calls it. */
export interface Place {
  label: string;
  namespace: NetworkNamespace;
}

/** What {@link build} made, and the milliseconds that each step took. */
export interface Network extends AsyncDisposable {
  host: Place;
  blue: Place;
  red: Place;
  steps: { what: string; milliseconds: number }[];
}

/** A bridge in one namespace, and two namespaces with a veth pair to it each. */
export async function build(): Promise<Network> {
  const steps: Network['steps'] = [];
  const timed = async <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
    const start = performance.now();
    const result = await work();
    steps.push({ what, milliseconds: performance.now() - start });
    return result;
  };

  const [host, blue, red] = await timed('addon loaded, three namespaces made', () =>
    Promise.all([createNamespace(), createNamespace(), createNamespace()]),
  );
  const plug = (port: string, namespace: NetworkNamespace) =>
    host.links.add({
      kind: 'veth',
      name: port,
      master: 'br0',
      up: true,
      peer: { name: 'eth0', namespace, up: true },
    });

  await timed('bridge made, up, with its address', async () => {
    await host.links.add({ kind: 'bridge', name: 'br0', up: true });
    await host.addresses.add('br0', '10.1.1.254/24');
  });
  await timed('two veth pairs, each with one end inside, one on the bridge', () =>
    Promise.all([plug('veth-blue', blue), plug('veth-red', red)]),
  );
  await timed('addresses and default routes inside', () =>
    Promise.all([
      blue.addresses.add('eth0', '10.1.1.1/24'),
      blue.routes.add({ destination: 'default', gateway: '10.1.1.254' }),
      red.addresses.add('eth0', '10.1.1.2/24'),
      red.routes.add({ destination: 'default', gateway: '10.1.1.254' }),
    ]),
  );

  // Until the kernel noticed that both ends of a pair are up, which it does on its own time, it drops packets.
  await timed('links noticed by the kernel to be up', () =>
    Promise.all([
      ...['veth-blue', 'veth-red'].map((port) =>
        host.links.waitFor(port, (link) => link.bridgePort?.state === 'forwarding'),
      ),
      ...[blue, red].map((guest) => guest.links.waitFor('eth0', 'up')),
    ]),
  );

  return {
    host: { label: 'host', namespace: host },
    blue: { label: 'blue', namespace: blue },
    red: { label: 'red', namespace: red },
    steps,
    async [Symbol.asyncDispose]() {
      await Promise.all([host, blue, red].map((namespace) => namespace.close()));
    },
  };
}

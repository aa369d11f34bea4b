/** Routes: each namespace has tables of its own. Which way would this packet take? */
import { createNamespace, type NetworkNamespace, type Route } from 'rtnetlink';

async function main(): Promise<void> {
  await using blue = await createNamespace();
  await using red = await createNamespace();
  await blue.links.add({ kind: 'veth', name: 'eth0', up: true, peer: { name: 'eth0', namespace: red, up: true } });
  await blue.addresses.add('eth0', '10.1.1.1/24');
  await red.addresses.add('eth0', '10.1.1.2/24');

  await blue.routes.add({ destination: 'default', gateway: '10.1.1.2' });
  await blue.routes.add({ destination: '198.51.100.0/24', type: 'blackhole' });
  await blue.routes.add({ destination: '203.0.113.0/24', gateway: '10.1.1.2', table: 100, metrics: { mtu: 1400 } });
  await red.routes.add({ destination: '10.2.0.0/16', gateway: '10.1.1.1', metric: 50 });

  await show('blue', blue);
  await show('red', red);
  console.log('\nblue, table 100:');
  for (const route of await blue.routes.list({ table: 100 })) console.log(`  ${describe(route)}`);

  console.log('\nwhich way?');
  await ask('blue', blue, '192.0.2.1');
  await ask('blue', blue, '198.51.100.1');
  await ask('red', red, '192.0.2.1');
  await ask('red', red, '10.2.3.4');

  await blue.routes.replace({ destination: 'default', gateway: '10.1.1.3' });
  await ask('blue', blue, '192.0.2.1');
  await blue.routes.delete({ destination: 'default' });
  await ask('blue', blue, '192.0.2.1');

  console.log('\na gateway must be reachable itself:');
  await red.routes.add({ destination: 'default', gateway: '172.16.0.1' }).catch((error: unknown) => {
    console.log(`  ${String(error)}`);
  });
}

async function show(name: string, namespace: NetworkNamespace): Promise<void> {
  console.log(`\n${name}:`);
  for (const route of await namespace.routes.list({ family: 'inet', table: 'main' })) {
    console.log(`  ${describe(route)}`);
  }
}

async function ask(name: string, namespace: NetworkNamespace, address: string): Promise<void> {
  const answer = await namespace.routes.get(address).then(describe, String);
  console.log(`  ${name} to ${address}: ${answer}`);
}

function describe({ type, destination, gateway, metric, preferredSource, metrics }: Route): string {
  return [
    type === 'unicast' ? destination : `${type} ${destination}`,
    gateway && `via ${gateway}`,
    preferredSource && `from ${preferredSource}`,
    metric && `metric ${metric}`,
    metrics?.mtu && `mtu ${metrics.mtu}`,
  ]
    .filter(Boolean)
    .join(' ');
}

void main();

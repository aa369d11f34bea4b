/** A health checker: fetches one and the same URL inside each of many namespaces, all at once, and prints what it got. */
import http from 'node:http';

import { createNamespace, type NetworkNamespace } from 'rtnetlink';

const URL = 'http://health.localhost:8080/';
const TIMEOUT = 2000;

interface Health {
  status: string;
  milliseconds: number;
}

async function main(): Promise<void> {
  const tenants = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(tenant));
  try {
    const checks = tenants.map(async ({ name, namespace }) => ({ name, ...(await check(namespace)) }));
    const rows = await Promise.all(checks);

    console.log('namespace  took      health');
    for (const { name, status, milliseconds } of rows) {
      console.log(`${name.padEnd(9)}  ${`${milliseconds.toFixed(1)} ms`.padEnd(8)}  ${status}`);
    }
    const well = rows.filter(({ status }) => status === '200 OK').length;
    console.log(`\n${well} of ${rows.length} are well`);
  } finally {
    for (const { namespace, server } of tenants) {
      server.close();
      await namespace.close();
    }
  }
}

/** Fetches from inside a namespace. */
async function check(namespace: NetworkNamespace): Promise<Health> {
  const start = performance.now();
  const dispatcher = namespace.dispatcher();
  let status: string;
  try {
    const response = await fetch(URL, { dispatcher, signal: AbortSignal.timeout(TIMEOUT) });
    await response.text();
    status = `${response.status} ${response.statusText}`;
  } catch (error) {
    const { cause, name } = error as Error;
    status = cause instanceof Error && 'code' in cause ? String(cause.code) : name;
  } finally {
    await dispatcher.destroy();
  }
  return { status, milliseconds: performance.now() - start };
}

/** A namespace with a service: the third is down, the fifth ill, the seventh never answers. */
async function tenant(number: number) {
  const namespace = await createNamespace();
  await namespace.links.set('lo', { up: true });
  const server = http.createServer((_, response) => {
    if (number === 5) response.writeHead(503);
    if (number !== 7) response.end();
  });
  if (number !== 3) await namespace.listen(server, { port: 8080 });
  return { name: `tenant-${number}`, namespace, server };
}

void main();

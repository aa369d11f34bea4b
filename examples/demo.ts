/**
 * npm run demo: two namespaces on a bridge, an HTTP server of this process in one, fetched from the other. A third
 * namespace plays the host, so that nothing of the machine's own network is touched. `-- --hold` keeps it until Ctrl-C.
 *
 * The namespaces have no names: they end with the process, however that ends.
 */
import { once } from 'node:events';
import http from 'node:http';
import { parseArgs } from 'node:util';

import { build } from './demo/build';
import { fetchThrough, greeting } from './demo/fetch';
import { report, reportHold } from './demo/report';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { hold: { type: 'boolean', default: false } } });

  await using network = await build();
  await using server = http.createServer(greeting);
  await network.blue.namespace.listen(server, { host: '10.1.1.1', port: 80 });
  const exchange = await fetchThrough(network.red.namespace, { host: '10.1.1.1', port: 80 });

  await report(network, exchange);
  if (values.hold) {
    const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    reportHold(network);
    await ended;
  }
}

main().catch((error: unknown) => {
  console.error(explained(error));
  process.exitCode = 1;
});

/** In one line what a user can do something about; else the error itself. */
function explained(error: unknown): unknown {
  const { capability, code, message } = error as { capability?: string; code?: string } & Error;
  if (capability !== undefined) return `The demo must run as root: ${message}`;
  return code?.startsWith('ERR_PARSE_ARGS_') === true ? message : error;
}

import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { measure } from '../cost';
import { hostEndsGone, run, SCRATCH } from '../host';
import { BRIDGE, GATEWAY, type Network } from '../plan';
import type { Contender } from './contender';

// A batch runs in one namespace, so each network takes an `ip -n NAME -batch` of its own for its inside. A shell script
// starts the programs, since that is cheaper than to do it from Node.

const script = path.join(SCRATCH, 'set-up.sh');
const removal = path.join(SCRATCH, 'tear-down');

const outside = ({ name, hostEnd }: Network) => [
  `netns add ${name}`,
  `link add ${hostEnd} master ${BRIDGE} up type veth peer name eth0 netns ${name}`,
];

const inside = ({ address }: Network) => [
  'link set lo up',
  'link set eth0 up',
  `address add ${address} dev eth0`,
  `route add default via ${GATEWAY}`,
];

/** Writes a batch, and resolves with the command that runs it. */
async function batch(file: string, lines: string[], options = ''): Promise<string> {
  const batchFile = path.join(SCRATCH, file);
  await writeFile(batchFile, lines.join('\n'));
  return `ip ${options} -batch ${batchFile}`;
}

const batchInside = (network: Network) => batch(`${network.name}.inside`, inside(network), `-n ${network.name}`);
const batchOutside = (network: Network) => batch(`${network.name}.outside`, outside(network));

function contender(name: string, description: string, commands: (networks: Network[]) => Promise<string[]>): Contender {
  return {
    name,
    description,
    prepare: async ({ networks }) => {
      await writeFile(script, ['set -e', ...(await commands(networks))].join('\n'));
      await writeFile(removal, networks.map((network) => `netns delete ${network.name}`).join('\n'));
    },
    setUp: () => measure(() => run('sh', script)),
    tearDown: () =>
      measure(async () => {
        await run('ip', '-batch', removal);
        await hostEndsGone();
      }),
  };
}

export const ipBatch = contender(
  'ip -batch, in bulk',
  "one 'ip -batch' for all that is in the host, then one for the inside of each network",
  async (networks) => [
    await batch('outside', networks.flatMap(outside)),
    ...(await Promise.all(networks.map(batchInside))),
  ],
);

export const ipBatchPerNetwork = contender(
  'ip -batch, one by one',
  "two times 'ip -batch' for each network: in the host, then inside",
  async (networks) =>
    (
      await Promise.all(networks.map(async (network) => [await batchOutside(network), await batchInside(network)]))
    ).flat(),
);

import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { measure } from '../cost';
import { hostEndsGone, run, SCRATCH } from '../host';
import { BRIDGE, GATEWAY, type Network, type Plan } from '../plan';
import type { Contender } from './contender';

// A batch runs in one namespace, so each network takes an `ip -n NAME -batch` of its own for its inside. A shell script
// starts the programs, since that is cheaper than to do it from Node.

const script = path.join(SCRATCH, 'set-up.sh');
const removal = path.join(SCRATCH, 'tear-down');

const silent = (device: string) => `link set ${device} addrgenmode none`;

const outside = ({ name, hostEnd }: Network, { quiet }: Plan) => {
  const pair = `type veth peer name eth0 netns ${name}`;
  const add = `link add ${hostEnd} master ${BRIDGE}`;
  const link = quiet ? [`${add} ${pair}`, silent(hostEnd), `link set ${hostEnd} up`] : [`${add} up ${pair}`];
  return [`netns add ${name}`, ...link];
};

const inside = ({ address }: Network, { quiet }: Plan) => [
  'link set lo up',
  ...(quiet ? [silent('eth0')] : []),
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

const batchInside = (plan: Plan) => (network: Network) =>
  batch(`${network.name}.inside`, inside(network, plan), `-n ${network.name}`);
const batchOutside = (plan: Plan) => (network: Network) => batch(`${network.name}.outside`, outside(network, plan));

function contender(
  name: string,
  description: string,
  role: Contender['role'],
  commands: (plan: Plan) => Promise<string[]>,
): Contender {
  return {
    name,
    description,
    role,
    prepare: async (plan) => {
      await writeFile(script, ['set -e', ...(await commands(plan))].join('\n'));
      await writeFile(removal, plan.networks.map((network) => `netns delete ${network.name}`).join('\n'));
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
  'peer',
  async (plan) => [
    await batch(
      'outside',
      plan.networks.flatMap((network) => outside(network, plan)),
    ),
    ...(await Promise.all(plan.networks.map(batchInside(plan)))),
  ],
);

export const ipBatchPerNetwork = contender(
  'ip -batch, one by one',
  "two times 'ip -batch' for each network: in the host, then inside",
  'variant',
  async (plan) => {
    const both = (network: Network) => Promise.all([batchOutside(plan)(network), batchInside(plan)(network)]);
    return (await Promise.all(plan.networks.map(both))).flat();
  },
);

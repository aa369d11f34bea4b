import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { measure, type Cost } from '../../cost';
import { hostEndsGone, run, SCRATCH } from '../../host';
import { BRIDGE, GATEWAY, type Plan } from '../../plan';
import type { Contender } from '../contender';
import { cni as plugins, CNI_PLUGINS, go, pyroute2, rust, type PeerProgram } from './programs';

/** A peer that sets up networks, and the program that it needs. */
export interface NetworkPeer {
  program: PeerProgram;
  contender: Contender;
}

/** A program that times itself. */
function selfTimed(program: PeerProgram, description: string, most?: number): NetworkPeer {
  const ask = async (...args: string[]) => {
    const [command = '', ...first] = program.command() ?? [];
    return JSON.parse(await run(command, ...first, ...args)) as Cost;
  };
  const contender: Contender = {
    name: program.name,
    role: 'peer',
    description,
    ...(most !== undefined && { most }),
    setUp: ({ networks, prefix, atOnce }) =>
      ask('set-up', String(networks.length), prefix, BRIDGE, atOnce ? 'at-once' : 'one-by-one'),
    tearDown: ({ networks, prefix }) => ask('tear-down', String(networks.length), prefix),
  };
  return { program, contender };
}

export const goNetworks = selfTimed(go, 'github.com/vishvananda/netlink and netns, with a socket in each namespace');

export const rustNetworks = selfTimed(rust, 'the crate rtnetlink, with a connection in each namespace, on one thread');

export const pyroute2Networks = selfTimed(
  pyroute2,
  'IPRoute with a socket in each namespace, which is faster than NetNS; one after the other, always',
);

// A container runtime starts the plugins for each container. A shell does it here.

const setUpScript = path.join(SCRATCH, 'cni-add.sh');
const tearDownScript = path.join(SCRATCH, 'cni-delete.sh');
const loopback = path.join(SCRATCH, 'cni-lo.json');

async function writeScripts({ networks, atOnce }: Plan): Promise<void> {
  const version = { cniVersion: '0.4.0', name: 'bench' };
  await writeFile(loopback, JSON.stringify({ ...version, type: 'loopback' }));
  const add: string[] = [];
  const remove: string[] = [];
  for (const { name, address } of networks) {
    const config = path.join(SCRATCH, `${name}.json`);
    const ipam = { type: 'static', addresses: [{ address, gateway: GATEWAY }], routes: [{ dst: '0.0.0.0/0' }] };
    await writeFile(config, JSON.stringify({ ...version, type: 'bridge', bridge: BRIDGE, ipam }));
    const plugin = (command: string, type: string, device: string, file: string) =>
      `CNI_COMMAND=${command} CNI_CONTAINERID=${name} CNI_NETNS=/run/netns/${name} CNI_IFNAME=${device} ` +
      `CNI_PATH=${CNI_PLUGINS} ${CNI_PLUGINS}/${type} <${file} >/dev/null`;
    const steps = [
      `ip netns add ${name}`,
      plugin('ADD', 'loopback', 'lo', loopback),
      plugin('ADD', 'bridge', 'eth0', config),
    ];
    const back = [plugin('DEL', 'bridge', 'eth0', config), `ip netns delete ${name}`];
    add.push(joined(steps, atOnce));
    remove.push(joined(back, atOnce));
  }
  await writeFile(setUpScript, ['set -e', ...add, 'wait'].join('\n'));
  await writeFile(tearDownScript, ['set -e', ...remove, 'wait'].join('\n'));
}

function joined(steps: string[], atOnce: boolean): string {
  return atOnce ? `{ ${steps.join(' && ')}; } &` : steps.join('\n');
}

export const cniNetworks: NetworkPeer = {
  program: plugins,
  contender: {
    name: plugins.name,
    role: 'peer',
    description: "the reference plugins loopback and bridge, started for each network, after 'ip netns add'",
    most: 64,
    namesHostEnds: false,
    prepare: writeScripts,
    setUp: () => measure(() => run('sh', setUpScript)),
    tearDown: () =>
      measure(async () => {
        await run('sh', tearDownScript);
        await hostEndsGone();
      }),
  },
};

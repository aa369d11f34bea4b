import { measure } from '../cost';
import { hostEndsGone, run } from '../host';
import { BRIDGE, GATEWAY, type Network } from '../plan';
import type { Contender } from './contender';

const ip = (words: string) => run('ip', ...words.split(' '));

async function setUp({ name, hostEnd, address }: Network): Promise<void> {
  await ip(`netns add ${name}`);
  await ip(`link add ${hostEnd} master ${BRIDGE} up type veth peer name eth0 netns ${name}`);
  await ip(`-n ${name} link set lo up`);
  await ip(`-n ${name} link set eth0 up`);
  await ip(`-n ${name} address add ${address} dev eth0`);
  await ip(`-n ${name} route add default via ${GATEWAY}`);
}

export const spawn: Contender = {
  name: 'Node spawning ip',
  role: 'peer',
  description: "child_process starts 'ip' for each command",
  most: 64,
  setUp: ({ networks, atOnce }) =>
    measure(async () => {
      if (atOnce) await Promise.all(networks.map(setUp));
      else for (const network of networks) await setUp(network);
    }),
  tearDown: ({ networks, atOnce }) =>
    measure(async () => {
      if (atOnce) await Promise.all(networks.map(({ name }) => ip(`netns delete ${name}`)));
      else for (const { name } of networks) await ip(`netns delete ${name}`);
      await hostEndsGone();
    }),
};

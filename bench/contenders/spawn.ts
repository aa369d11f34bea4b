import { measure } from '../cost';
import { hostEndsGone, run } from '../host';
import { BRIDGE, GATEWAY } from '../plan';
import type { Contender } from './contender';

const ip = (words: string) => run('ip', ...words.split(' '));

export const spawn: Contender = {
  name: 'Node spawning ip',
  description: "child_process starts 'ip' for each command, one after the other",
  most: 30,
  setUp: ({ networks }) =>
    measure(async () => {
      for (const { name, hostEnd, address } of networks) {
        await ip(`netns add ${name}`);
        await ip(`link add ${hostEnd} master ${BRIDGE} up type veth peer name eth0 netns ${name}`);
        await ip(`-n ${name} link set lo up`);
        await ip(`-n ${name} link set eth0 up`);
        await ip(`-n ${name} address add ${address} dev eth0`);
        await ip(`-n ${name} route add default via ${GATEWAY}`);
      }
    }),
  tearDown: ({ networks }) =>
    measure(async () => {
      for (const { name } of networks) await ip(`netns delete ${name}`);
      await hostEndsGone();
    }),
};

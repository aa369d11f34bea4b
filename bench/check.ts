import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { run, SCRATCH } from './host';
import { BRIDGE, GATEWAY, type Plan } from './plan';

interface Device {
  ifname: string;
  flags: string[];
  addr_info?: { local: string; prefixlen: number }[];
}

interface Route {
  dst: string;
  gateway?: string;
  dev?: string;
}

/** Throws unless `ip` finds all that was planned. */
export async function checkNetworks({ networks }: Plan): Promise<void> {
  const ports = parse<Device>(await run('ip', '-j', 'link', 'show', 'master', BRIDGE));
  const up = ports.filter(({ flags }) => flags.includes('UP')).map(({ ifname }) => ifname);
  assert.deepEqual(up.sort(), networks.map(({ hostEnd }) => hostEnd).sort(), 'host ends that are up, on the bridge');

  const questions = path.join(SCRATCH, 'questions');
  const script = path.join(SCRATCH, 'check.sh');
  await writeFile(questions, 'address show\nroute show default\n');
  await writeFile(script, networks.map(({ name }) => `ip -n ${name} -j -batch ${questions}`).join('\n'));
  const answers = (await run('sh', script)).split('\n').filter((line) => line !== '');
  networks.forEach((network, number) => {
    checkInside(network, parse(answers[2 * number]), parse(answers[2 * number + 1]));
  });
}

function checkInside({ name, address }: Plan['networks'][number], devices: Device[], routes: Route[]): void {
  const up = devices.filter(({ flags }) => flags.includes('UP')).map(({ ifname }) => ifname);
  assert.deepEqual(up, ['lo', 'eth0'], `links that are up in ${name}`);
  const addresses = devices[1]?.addr_info?.map(({ local, prefixlen }) => `${local}/${prefixlen}`) ?? [];
  assert.ok(addresses.includes(address), `${address} in ${name}, which has ${addresses.join(', ')}`);
  assert.deepEqual(
    routes.map(({ dst, gateway, dev }) => ({ dst, gateway, dev })),
    [{ dst: 'default', gateway: GATEWAY, dev: 'eth0' }],
    `default route in ${name}`,
  );
}

function parse<Row>(line = ''): Row[] {
  return JSON.parse(line) as Row[];
}

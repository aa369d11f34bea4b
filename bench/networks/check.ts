import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { run, SCRATCH } from '../host';
import { BRIDGE, GATEWAY, type Plan } from '../plan';

interface Device {
  ifname: string;
  flags: string[];
  addr_info?: { family: string; local: string; prefixlen: number }[];
}

interface Route {
  dst: string;
  gateway?: string;
  dev?: string;
}

/** Throws unless `ip` finds all that was planned. */
export async function checkNetworks(plan: Plan, namesHostEnds = true): Promise<void> {
  const { networks, quiet } = plan;
  const ports = parse<Device>(await run('ip', '-j', 'address', 'show', 'master', BRIDGE));
  const up = ports.filter(({ flags }) => flags.includes('UP')).map(({ ifname }) => ifname);
  assert.equal(up.length, networks.length, 'host ends that are up, on the bridge');
  if (namesHostEnds) assert.deepEqual(up.sort(), networks.map(({ hostEnd }) => hostEnd).sort());
  if (quiet) ports.forEach(checkQuiet);

  const answers = await askInside(networks.map(({ name }) => name));
  networks.forEach((network, number) => {
    checkInside(network, plan, parse(answers[2 * number]), parse(answers[2 * number + 1]));
  });
}

/** Two lines for each namespace: its addresses, its default routes. Two shells ask, since there may be a thousand. */
async function askInside(names: string[]): Promise<string[]> {
  const questions = path.join(SCRATCH, 'questions');
  await writeFile(questions, 'address show\nroute show default\n');
  const half = Math.ceil(names.length / 2);
  const answers = [names.slice(0, half), names.slice(half)].map(async (some, index) => {
    const script = path.join(SCRATCH, `check-${index}.sh`);
    await writeFile(script, some.map((name) => `ip -n ${name} -j -batch ${questions}`).join('\n'));
    return (await run('sh', script)).split('\n').filter((line) => line !== '');
  });
  return (await Promise.all(answers)).flat();
}

function checkInside({ name, address }: Plan['networks'][number], { quiet }: Plan, devices: Device[], routes: Route[]) {
  const up = devices.filter(({ flags }) => flags.includes('UP')).map(({ ifname }) => ifname);
  assert.deepEqual(up, ['lo', 'eth0'], `links that are up in ${name}`);
  const addresses = devices[1]?.addr_info?.map(({ local, prefixlen }) => `${local}/${prefixlen}`) ?? [];
  assert.ok(addresses.includes(address), `${address} in ${name}, which has ${addresses.join(', ')}`);
  if (quiet) checkQuiet(devices[1]!);
  assert.deepEqual(
    routes.map(({ dst, gateway, dev }) => ({ dst, gateway, dev })),
    [{ dst: 'default', gateway: GATEWAY, dev: 'eth0' }],
    `default route in ${name}`,
  );
}

function checkQuiet({ ifname, addr_info: addresses = [] }: Device): void {
  const own = addresses.filter(({ family }) => family === 'inet6').map(({ local }) => local);
  assert.deepEqual(own, [], `IPv6 addresses of ${ifname}`);
}

function parse<Row>(line = ''): Row[] {
  return JSON.parse(line) as Row[];
}

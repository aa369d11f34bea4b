import assert from 'node:assert/strict';
import path from 'node:path';

import { hostNamespace } from 'rtnetlink';

import type { Findings } from '../findings';
import { run } from '../host';
import { measurePart, type PartOptions } from '../part';
import { measureSmallRequests } from '../small-requests';

const LINK = 'veth0';
const REQUESTS = 10_000;

const floorProgram = path.join(__dirname, 'floor');

/** One link asked for by its name, again and again, beside a C program that waits for each answer. */
async function measureRequests(options: PartOptions): Promise<Findings> {
  await run('ip', 'link', 'add', LINK, 'type', 'veth', 'peer', 'name', 'veth1');
  await check();
  const { links } = hostNamespace();
  return measureSmallRequests(options, {
    ...{ count: REQUESTS, floor: [floorProgram, LINK], ask: () => links.get(LINK) },
    ...{ many: 'links asked for by name', one: 'a link asked for by name' },
  });
}

/** Throws unless everybody finds the link that `ip` finds. */
async function check(): Promise<void> {
  const [shown] = JSON.parse(await run('ip', '-j', 'link', 'show', LINK)) as { ifindex: number; address: string }[];
  const { index, address } = await hostNamespace().links.get(LINK);
  assert.deepEqual({ ifindex: index, address }, { ifindex: shown?.ifindex, address: shown?.address });
  const found = JSON.parse(await run(floorProgram, LINK, '1')) as { index: number };
  assert.equal(found.index, index);
}

measurePart(measureRequests);

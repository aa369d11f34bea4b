import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createNamespace, type NetworkNamespace } from 'rtnetlink';

import { measure } from '../cost';

/** What each of some namespaces takes while it is open and nothing is done with it. */
export interface Held {
  /** How many there are, with those that were there before. */
  count: number;
  /** Milliseconds to make one. */
  wall: number;
  descriptors: number;
  /** Bytes. */
  heap: number;
  /** Bytes. */
  resident: number;
}

interface State {
  descriptors: number;
  heap: number;
  resident: number;
}

/** Of this process, before it opened any. */
let before: State | undefined;
const open: NetworkNamespace[] = [];

/** A socket that nobody uses is closed after two seconds. */
const REST_MS = 2500;

/** Makes namespaces until there are so many, and asks each of them something. */
export async function openMore(count: number): Promise<Held> {
  before ??= await stateAtRest();
  const missing = count - open.length;
  const { wall } = await measure(async () => {
    while (open.length < count) open.push(await createNamespace());
  });
  for (const { links } of open) assert.equal((await links.get('lo')).index, 1);
  const { descriptors, heap, resident } = await stateAtRest();
  const held = new Set(targets().filter((target) => target.startsWith('net:')));
  for (const { inode } of open) assert.ok(held.has(`net:[${inode}]`), `a descriptor of net:[${inode}]`);
  return {
    count,
    wall: wall / missing,
    descriptors: (descriptors - before.descriptors) / count,
    heap: (heap - before.heap) / count,
    resident: (resident - before.resident) / count,
  };
}

async function stateAtRest(): Promise<State> {
  await sleep(REST_MS);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  await sleep(0);
  collect();
  return {
    descriptors: targets().length,
    heap: process.memoryUsage().heapUsed,
    resident: process.memoryUsage.rss(),
  };
}

/** What the open descriptors of this process lead to. */
function targets(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

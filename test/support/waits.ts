import { readdirSync, readFileSync } from 'node:fs';

import { idleSockets } from '../../lib/transport/idle-sockets';
import { descriptorTargets } from './process';
import { scratchNamespace } from './scratch';
import { until } from './until';

/** A veth pair, eth0 at both ends, down. */
export async function veth() {
  const a = await scratchNamespace();
  const b = await scratchNamespace();
  await a.links.add({ kind: 'veth', name: 'eth0', peer: { name: 'eth0', namespace: b } });
  return {
    a,
    b,
    async [Symbol.asyncDispose]() {
      await Promise.all([a.close(), b.close()]);
    },
  };
}

/** Resolves when a wait that has begun listens. */
export async function listening(): Promise<void> {
  await until(() => Promise.resolve(eventThreads() > 0 ? true : undefined));
}

export function eventThreads(): number {
  const names = readdirSync('/proc/self/task').map((task) => {
    try {
      return readFileSync(`/proc/self/task/${task}/comm`, 'utf8').trim();
    } catch {
      return '';
    }
  });
  return names.filter((name) => name === 'rtnetlink-event').length;
}

/** Without the way home of the addon's threads, which start as they are needed, and the sockets of namespaces at rest. */
export function openDescriptors(): number {
  return descriptorTargets().filter((target) => !target.startsWith('net:')).length - idleSockets();
}

/** Without those of namespaces at rest, which are closed after a while. */
export function openSockets(): number {
  return descriptorTargets().filter((target) => target.startsWith('socket:')).length - idleSockets();
}

/** For `afterEach`: the thread that listens ends with the last wait, however that ended. */
export async function nobodyListens(): Promise<void> {
  await until(() => Promise.resolve(eventThreads() === 0 ? true : undefined));
}

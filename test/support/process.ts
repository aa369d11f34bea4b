import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

import { idleSockets } from '../../lib/transport/idle-sockets';

// What this process holds, for tests of what is left. What ends while it is looked at is passed over.

/** How many descriptors are open, without the sockets of namespaces at rest, which are closed after a while. */
export function openDescriptors(): number {
  return descriptorTargets().length - idleSockets();
}

/** What the open descriptors point at: 'socket:[1234]', 'net:[4026531840]', a file. */
export function descriptorTargets(): string[] {
  return readdirSync('/proc/self/fd').map((fd) => target(`/proc/self/fd/${fd}`));
}

/** The inodes of the network namespaces that descriptors hold. */
export function namespacesHeld(): number[] {
  return descriptorTargets()
    .filter((one) => one.startsWith('net:'))
    .map((one) => Number(/\d+/.exec(one)?.[0]));
}

/** The network namespace of each thread: 'net:[4026531840]'. */
export function threadNamespaces(): string[] {
  return readdirSync('/proc/self/task')
    .map((thread) => target(`/proc/self/task/${thread}/ns/net`))
    .filter((one) => one !== '');
}

/** Where something is mounted, but for the names of namespaces, which come and go with the tests beside this one. */
export function mountPoints(): (string | undefined)[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
  return lines.map((line) => line.split(' ')[4]).filter((point) => point?.startsWith('/run/netns') !== true);
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

import { existsSync, readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** What a test could leave on the machine, each item as the report names it. */
export type Inventory = string[];

const NAMESPACES = '/run/netns';

/** Devices that the kernel itself makes in the first namespace when a tunnel's module is loaded. */
const FALLBACK_DEVICES =
  /^(tunl0|gre0|gretap0|erspan0|sit0|ip_vti0|ip6_vti0|ip6tnl0|ip6gre0|ifb[01]|bond0|dummy0|teql0|rmnet_ctrl)$/;

/** Names and paths of the tests' own things carry the process that made them: see `uniqueName()`. */
const OWNER = /(?:^|[ /])rtnl-(\d+)-/;

export function inventory(): Inventory {
  return [
    ...namespaceNames().map((name) => `namespace ${name}`),
    ...readdirSync('/sys/class/net')
      .filter((name) => !FALLBACK_DEVICES.test(name))
      .map((name) => `link ${name}`),
    ...mountPoints()
      .filter((point) => point !== NAMESPACES)
      .map((point) => `mount ${point}`),
  ];
}

/** True when another run of the tests, still going on this machine, made this item. */
export function isOfLiveRun(item: string): boolean {
  const owner = OWNER.exec(item)?.[1];
  return owner !== undefined && owner !== String(process.pid) && parentOf(owner) !== process.pid && isAlive(owner);
}

/** True when a name of the tests' own is on it. */
export function isOfTests(item: string): boolean {
  return OWNER.test(item);
}

/** Removes the named namespaces of runs that were killed before they could. */
export function removeStaleNamespaces(): void {
  for (const name of namespaceNames()) {
    if (!isOfTests(name) || isOfLiveRun(name)) continue;
    const file = path.join(NAMESPACES, name);
    if (mountPoints().includes(file)) execFileSync('umount', ['-l', file]);
    unlinkSync(file);
  }
}

function isAlive(process: string): boolean {
  return existsSync(`/proc/${process}`);
}

/** Jest's workers are children of the process that sets up and tears down. */
function parentOf(process: string): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

function namespaceNames(): string[] {
  try {
    return readdirSync(NAMESPACES);
  } catch {
    return [];
  }
}

function mountPoints(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4])
    .filter((point) => point !== undefined);
}

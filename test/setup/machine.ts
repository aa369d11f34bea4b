import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** What a test could leave on the machine, each item as the report names it. */
export type Inventory = string[];

const NAMESPACES = '/run/netns';
/** Where the files are that a namespace has in /etc. */
const ETC_FILES = '/etc/netns';

/** Devices that the kernel itself makes in the first namespace when a tunnel's module is loaded, and the file of bonds beside them. */
const FALLBACK_DEVICES =
  /^(bonding_masters|tunl0|gre0|gretap0|erspan0|sit0|ip_vti0|ip6_vti0|ip6tnl0|ip6gre0|ifb[01]|bond0|dummy0|teql0|rmnet_ctrl)$/;

/** Names and paths of the tests' own things carry the process that made them: see `uniqueName()`. */
const OWNER = /(?:^|[ /])rtnl-(\d+)-/;

export function inventory(): Inventory {
  return [
    ...entries(NAMESPACES).map((name) => `namespace ${name}`),
    ...entries(ETC_FILES).map((name) => `directory ${ETC_FILES}/${name}`),
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

/** Removes the named namespaces, and their files, of runs that were killed before they could. */
export function removeStaleNamespaces(): void {
  for (const name of entries(ETC_FILES).filter(isStale)) rmSync(path.join(ETC_FILES, name), { recursive: true });
  for (const name of entries(NAMESPACES).filter(isStale)) {
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

function isStale(name: string): boolean {
  return isOfTests(name) && !isOfLiveRun(name);
}

/** Whether there is a directory for the files of namespaces at all. */
export function hasEtcFiles(): boolean {
  return existsSync(ETC_FILES);
}

/** Removes the directory for the files of namespaces, unless somebody uses it. */
export function removeEtcFiles(): void {
  try {
    rmdirSync(ETC_FILES);
  } catch {
    // It is in use, or gone.
  }
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
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

import { checkText } from '../codec';
import { at, show, wrongType, wrongValue } from '../errors';

/**
 * A sysctl: 'net.ipv4.ip_forward', or its parts, ['net', 'ipv4', 'ip_forward'].
 *
 * Dots in a device's name are kept, 'net.ipv4.conf.eth0.100.forwarding': what stands between `conf` or `neigh` and the
 * last dot is the device. (sysctl(8) would write 'eth0/100'.) Use parts where a name has dots anywhere else.
 */
export type SysctlKey = string | readonly string[];

const LONGEST_KEY = 4000;
const LONGEST_PART = 255;
/** What most keys begin with behind 'net.'. */
const BRANCHES = ['ipv4', 'ipv6', 'core', 'netfilter', 'unix', 'mptcp', 'mpls'];
const DEVICE_TABLES: readonly (string | undefined)[] = ['conf', 'neigh'];

/** The parts of a key, which lead below /proc/sys. Throws unless it can name a value of a network namespace. */
export function sysctlParts(key: unknown): string[] {
  return at('key', () => {
    const parts = checkParts(key);
    if (parts.length < 2) throw wrongValue(`must name a value below 'net', not ${show(key)}`);
    return typeof key === 'string' ? joinDevice(parts, 1) : parts;
  });
}

/** The parts of a branch, which stands for all sysctls below it: 'net.ipv4', 'net.ipv4.conf.eth0.100'. */
export function branchParts(branch: unknown): string[] {
  return at('branch', () => {
    const parts = checkParts(branch);
    return typeof branch === 'string' ? joinDevice(parts, 0) : parts;
  });
}

/** The key as a string. */
export function sysctlName(key: SysctlKey): string {
  return typeof key === 'string' ? key : key.join('.');
}

/** The device that a sysctl belongs to, if there is one. */
export function deviceOf(parts: readonly string[]): string | undefined {
  const at = deviceIndex(parts);
  return parts.length === at + 2 ? parts[at] : undefined;
}

function checkParts(key: unknown): string[] {
  if (typeof key !== 'string' && !Array.isArray(key)) {
    throw wrongType(`must be a string or an array of its parts, not ${show(key)}`);
  }
  const parts = typeof key === 'string' ? split(key) : (key as unknown[]).map((part) => checkPart(part));
  if (parts[0] === 'net') return parts;
  if (parts.length === 0) throw wrongValue('must not be empty');
  if (parts.length === 1 && parts[0]!.includes('_'))
    throw wrongValue(`must be the whole name, such as 'net.ipv4.ip_forward', not ${show(key)}`);
  const meant = BRANCHES.includes(parts[0]!) ? `: did you mean ${show(`net.${parts.join('.')}`)}?` : '';
  throw wrongValue(
    `must begin with 'net.'${meant === '' ? `: ${show(key)} is of the whole machine, not of a network namespace` : `, not ${show(key)}${meant}`}`,
  );
}

function split(key: string): string[] {
  checkText(key, LONGEST_KEY);
  if (key.includes('/')) {
    const dotted = key.replace(/^\/proc\/sys\//, '').replaceAll('/', '.');
    // sysctl(8) takes the one for the other.
    const meant = key.includes('.') || !dotted.startsWith('net.') ? '' : `: did you mean ${show(dotted)}?`;
    throw wrongValue(
      `must have dots and no '/', ${meant === '' ? "also in a device's name: " : 'not '}${show(key)}${meant}`,
    );
  }
  const parts = key.split('.');
  if (parts.includes('')) throw wrongValue(`must be names with a dot between each two, not ${show(key)}`);
  return parts;
}

function checkPart(part: unknown): string {
  checkText(part, LONGEST_PART);
  const name = part as string;
  if (name === '' || name === '.' || name === '..' || name.includes('/')) {
    throw wrongValue(`must have only names as parts, not ${show(name)}`);
  }
  return name;
}

/**
 * Joins the parts of a device's name, after which `behind` more parts follow. No such directory contains another one.
 */
function joinDevice(parts: string[], behind: number): string[] {
  const start = deviceIndex(parts);
  const end = parts.length - behind;
  if (end - start < 2) return parts;
  return [...parts.slice(0, start), parts.slice(start, end).join('.'), ...parts.slice(end)];
}

/** Where a device's name stands: net.ipv4.conf.DEVICE.forwarding, net.ax25.DEVICE.ip_default_mode. */
function deviceIndex(parts: readonly string[]): number {
  if (parts[1] === 'ax25') return 2;
  return DEVICE_TABLES.includes(parts[2]) ? 3 : Infinity;
}

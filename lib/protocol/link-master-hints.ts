import { ERRNO } from '../errno';
import { portProperties } from './link-ports';
import type { Hint } from './netlink';

/**
 * The hint for masters that take only links that are down, such as bonds and teams, and refuse a link that the same
 * message sets up, or that is up already. A new link is set up before it gets its master.
 */
export function ofPortThatIsUp(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const { master, up } = options as { master?: unknown; up?: unknown };
  // Without a message of the kernel a permission is missing.
  if (master === undefined || (errno !== ERRNO.EPERM && errno !== ERRNO.EBUSY) || !/\bup\b/i.test(kernelMessage ?? ''))
    return undefined;
  const property = portProperties.find((name) => (options as Readonly<Record<string, unknown>>)[name] !== undefined);
  const advice =
    up === true && property === undefined
      ? 'say `bondPort: {}` as well, and the link comes up behind its master, or leave out `up`'
      : 'set the link down first';
  return { property: 'master', text: `this master takes only links that are down: ${advice}` };
}

/** What else the kernel refuses with the same error. */
const suspects = ['carrier', 'protocolDown'];

/** The hint for a master that takes no ports. */
export function ofNoMaster(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const given = options as Readonly<Record<string, unknown>>;
  if (errno !== ERRNO.EOPNOTSUPP || kernelMessage !== undefined || given.master == null) return undefined;
  const isSure = suspects.every((name) => given[name] === undefined);
  return isSure ? { property: 'master', text: 'it takes no ports, as a bridge, a bond or a vrf does' } : undefined;
}

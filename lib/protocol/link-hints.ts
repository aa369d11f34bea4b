import { ERRNO } from '../errno';
import { addressProperties, OCTETS, type Addressed } from './link-address';
import { linkKindOf } from './link-info';
import { ofOtherKind, unknownKind } from './link-kind-hints';
import { ofNoMaster, ofPortThatIsUp } from './link-master-hints';
import { ofOtherMaster } from './link-masters';
import type { Hint } from './netlink';

/** The hint for a new link that the kernel refused. */
export function hintOfNewLink(options: object, errno: number, said: string | undefined): Hint | undefined {
  return (
    unknownKind(options, errno, said) ??
    ofPortThatIsUp(options, errno, said) ??
    ofItsKind(options, errno, said) ??
    ofTap(options, errno) ??
    ofValue(options, errno, said) ??
    ofNamePattern(options, errno, said) ??
    ofNoMaster(options, errno, said)
  );
}

/** The hint for a change that the kernel refused. */
export function hintOfChange(changes: object, errno: number, said: string | undefined): Hint | undefined {
  return (
    ofOtherMaster(changes)?.(errno, said) ??
    ofOtherKind(changes, errno, said) ??
    ofPortThatIsUp(changes, errno, said) ??
    ofShortAddress(changes, errno, said) ??
    ofItsKind(changes, errno, said) ??
    ofTakenName(changes, errno) ??
    ofValue(changes, errno, said) ??
    ofNoMaster(changes, errno, said) ??
    ofOnlyChange(changes, errno)
  );
}

/** The hint in the declaration of the kind. */
function ofItsKind(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const { kind } = options as { kind?: unknown };
  return linkKindOf(kind)?.hint?.(options, errno, kernelMessage);
}

/** What the kernel says of single properties of any link, without pointing at them. */
const sayings: readonly { property: string; says: RegExp; text?: string }[] = [
  { property: 'mtu', says: /^mtu\b/i },
  { property: 'namespace', says: /netns is immutable/i, text: 'links of its kind stay where they are made' },
  { property: 'name', says: /same name/i },
  { property: 'namespace', says: /same name/i },
];

function ofValue(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const isGiven = (name: string) => (options as Readonly<Record<string, unknown>>)[name] !== undefined;
  if (errno === ERRNO.EADDRNOTAVAIL && isGiven('address'))
    return { property: 'address', text: 'no link can have it: it is a multicast address, or all zeros' };
  if (errno === ERRNO.ELOOP && isGiven('master')) return { property: 'master' };
  if (kernelMessage === undefined) return undefined;
  const found = sayings.find(({ property, says }) => says.test(kernelMessage) && isGiven(property));
  return found && { property: found.property, text: found.text };
}

/** '%d' stands for a number once. */
function ofNamePattern(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const { name } = options as { name?: unknown };
  const isPattern = typeof name === 'string' && name.includes('%') && kernelMessage === undefined;
  if (!isPattern || errno !== ERRNO.EINVAL) return undefined;
  return { property: 'name', text: "'%d' may stand in it once, for a number, and no other '%'" };
}

function ofTap(options: object, errno: number): Hint | undefined {
  const { kind } = options as { kind?: unknown };
  return kind === 'tun' && errno === ERRNO.EOPNOTSUPP ? { property: 'kind', text: 'openTap() makes one' } : undefined;
}

function ofTakenName(changes: object, errno: number): Hint | undefined {
  const { name } = changes as { name?: string };
  if (errno !== ERRNO.EEXIST || name === undefined) return undefined;
  return { property: 'name', text: `there is a link '${name}' already` };
}

const refusals: ReadonlySet<number> = new Set([ERRNO.EINVAL, ERRNO.ERANGE, ERRNO.EOPNOTSUPP]);

/** If a change has one property only, the refused value is that. Inside an object only the kernel can point at it. */
function ofOnlyChange(changes: object, errno: number): Hint | undefined {
  if (!refusals.has(errno)) return undefined;
  const given = Object.entries(changes).filter(([name, value]) => name !== 'kind' && value !== undefined);
  const [only, other] = given;
  if (only === undefined || other !== undefined) return undefined;
  const [property, value] = only as [string, unknown];
  return typeof value === 'object' && value !== null ? undefined : { property };
}

const ETHERNET_OCTETS = 6;

/** The kernel refuses an address that is too short, and does not point at it. */
function ofShortAddress(changes: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  if (errno !== ERRNO.EINVAL || kernelMessage !== undefined) return undefined;
  for (const property of addressProperties) {
    const value = (changes as Addressed)[property];
    if (typeof value !== 'string' || !OCTETS.test(value)) continue;
    const { length } = value.split(':');
    if (length >= ETHERNET_OCTETS) continue;
    const given = length === 1 ? '1 octet' : `${String(length)} octets`;
    return { property, text: `it has ${given}, that of an Ethernet link has ${String(ETHERNET_OCTETS)}` };
  }
  return undefined;
}

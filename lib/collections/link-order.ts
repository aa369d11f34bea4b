import type { LinkChanges, LinkOptions } from '../protocol/link';
import type { LinkCommonChanges } from '../protocol/link-kinds/types';
import type { LinkPeer } from '../protocol/link-peer';
import { portProperties } from '../protocol/link-ports';
import { pick, without } from './properties';

type Options = LinkOptions | LinkPeer | LinkChanges;
type Name = keyof LinkChanges & keyof LinkPeer;

/** What the kernel takes only of a link that exists. */
const onceMade: readonly Name[] = [
  ...(['addressGenerationMode', 'ipv6Token', 'alias', 'protocolDown', 'protocolDownReason', 'carrier'] as const),
];

/** What a master takes only of its port. */
const asPort = portProperties as readonly (keyof LinkCommonChanges)[];

/** Whether changes are of a link as a port. */
export function isOfPort(changes: LinkChanges): boolean {
  return pick(changes as LinkCommonChanges, asPort) !== undefined;
}

/** Sizes that a driver may allow to be bigger than all devices have at first (TSO_LEGACY_MAX_SIZE). */
const sizes: readonly Name[] = ['gsoMaxSize', 'gsoIpv4MaxSize'];
const LARGEST_AT_FIRST = 65536;

/**
 * What a new link is given in messages behind its creation, since it is not there yet, or not where it goes: its master is one of
 * the namespace in which it is then.
 */
export function behindCreation(options: LinkOptions | LinkPeer, isElsewhere: boolean): readonly Name[] {
  const isBig = (size: unknown) => typeof size === 'number' && size > LARGEST_AT_FIRST;
  const big = sizes.filter((name) => isBig(options[name]));
  return [...onceMade, ...(isElsewhere ? (['master'] as const) : []), ...big];
}

/** What a link is given in messages behind the first, since it is not where it goes. */
export const behind = {
  /** A change where it stays. */
  change: [] as readonly Name[],
  /** Its move. */
  move: ['master'] as readonly Name[],
};

/** Whether a link shall have a token and no ARP: the kernel takes the one only before the other. */
export function isQuietWithToken({ ipv6Token, arp }: Options): boolean {
  return arp === false && ipv6Token !== undefined;
}

/**
 * Options in the messages in which they work, in order: those behind the first, then options of a port, which follow its
 * master, and `up` last: link-local addresses are made by then, and a port forwards. The first may be empty.
 */
export function inMessages<Whole extends Options>(
  options: Whole,
  apart: readonly Name[],
  { takesUp = true } = {},
): [Whole, ...LinkChanges[]] {
  const { addressGenerationMode, up } = options;
  const isQuiet = isQuietWithToken(options);
  const port = pick(options as LinkCommonChanges, asPort);
  const later: LinkCommonChanges | undefined = pick(options as LinkCommonChanges, apart);
  const isOne = later === undefined && addressGenerationMode === undefined && port === undefined && !isQuiet;
  if (isOne && (takesUp || up === undefined)) return [options];
  const first = without(options, [...apart, ...asPort, 'up', ...(isQuiet ? ['arp'] : [])] as (keyof Whole)[]);
  if (port === undefined && later !== undefined && later.addressGenerationMode === undefined && !isQuiet) {
    return [first, { ...later, up }];
  }
  const last = pick<LinkCommonChanges>({ ...port, up, ...(isQuiet && { arp: false }) }, [...asPort, 'up', 'arp']);
  return [first, ...[later, last].filter((change) => change !== undefined)];
}

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

/** Sizes for which a driver may allow more than every device has at first (TSO_LEGACY_MAX_SIZE). */
const sizes: readonly Name[] = ['gsoMaxSize', 'gsoIpv4MaxSize'];
const LARGEST_AT_FIRST = 65536;

/**
 * What a new link gets in messages after its creation, because it does not exist before, or is not yet in its
 * namespace: its master is a link of the namespace that it goes to.
 */
export function behindCreation(options: LinkOptions | LinkPeer, isElsewhere: boolean): readonly Name[] {
  const isBig = (size: unknown) => typeof size === 'number' && size > LARGEST_AT_FIRST;
  const big = sizes.filter((name) => isBig(options[name]));
  return [...onceMade, ...(isElsewhere ? (['master'] as const) : []), ...big];
}

/** What a link gets in messages after the first, because it is not yet in its new namespace. */
export const behind = {
  /** Without a move. */
  change: [] as readonly Name[],
  /** With a move to another namespace. */
  move: ['master'] as readonly Name[],
};

/** Whether a link is to get a token and no ARP: the kernel takes the token only before ARP is off. */
export function isQuietWithToken({ ipv6Token, arp }: Options): boolean {
  return arp === false && ipv6Token !== undefined;
}

/**
 * Splits options into messages, in the order in which they work: the first message, what comes after it, options of a
 * port, which need its master, and last `up`, since the kernel then makes link-local addresses and a port forwards. The
 * first may be empty.
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

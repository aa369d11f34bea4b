import { isArray, isObject } from '../../../../errors';
import type { NftNat, NftNatFlag, NftOwnNat, NftTproxy } from '../statements/action-options';
import { types } from '../values/types';
import type { ValueType } from '../values/value-type';
import { formatSource, formatTogether } from './sources';
import type { Context } from './terms';
import { spaced } from './text';
import { formatPart } from './values';

// Addresses and ports that packets get.

const flagWords = {
  random: 'random',
  fullyRandom: 'fully-random',
  persistent: 'persistent',
  // Not a flag in nft's words, but a kind of address: `snat ip prefix to`.
  netmap: '',
} as const satisfies Record<NftNatFlag, string>;

function formatFlags(flags: readonly NftNatFlag[] = []): string {
  // In nft's order.
  const order = ['random', 'fullyRandom', 'persistent'] as const;
  return order.flatMap((flag) => (flags.includes(flag) ? [flagWords[flag]] : [])).join(',');
}

/** The type of the addresses of a statement. */
export function addressType(family: 'ip' | 'ip6' | undefined, context: Context): ValueType {
  return (family ?? context.family) === 'ip6' ? types.ipv6_addr : types.ipv4_addr;
}

/** An address, in brackets where it is of IPv6 and a port may follow. */
export function formatAddress(type: ValueType, given: unknown, context: Context, isInBrackets: boolean): string {
  const bracketed = (value: unknown) =>
    isInBrackets && type === types.ipv6_addr ? `[${formatPart(type, value)}]` : formatPart(type, value);
  return formatSource(type, given, context, (value) => {
    if (!isObject(value) || isArray(value)) return bracketed(value);
    const { from, to } = value as { from?: unknown; to?: unknown };
    return `${bracketed(from)}-${bracketed(to)}`;
  });
}

/** `:80`; nothing where there is none. */
export function formatPort(port: unknown, context: Context): string {
  return port === undefined ? '' : `:${formatSource(types.inet_service, port, context)}`;
}

/** `dnat ip to 10.0.0.1:80` */
export function formatNat(
  kind: 'snat' | 'dnat',
  { family, address, port, addressAndPort, flags = [] }: NftNat,
  context: Context,
): string {
  const type = addressType(family, context);
  const isPrefix = flags.includes('netmap');
  const ofTable = context.family === 'ip' || context.family === 'ip6' ? context.family : undefined;
  const to =
    addressAndPort === undefined
      ? `${address === undefined ? '' : formatAddress(type, address, context, port !== undefined)}${formatPort(port, context)}`
      : formatTogether([type, types.inet_service], addressAndPort, context);
  const word = family ?? (addressAndPort === undefined && !isPrefix ? undefined : ofTable);
  return spaced(kind, word, isPrefix ? 'prefix' : '', `to ${to}`, formatFlags(flags));
}

/** `masquerade to :1024-65535 random` */
export function formatOwnNat(word: 'masquerade' | 'redirect', { port, flags }: NftOwnNat, context: Context): string {
  return spaced(word, port === undefined ? '' : `to ${formatPort(port, context)}`, formatFlags(flags));
}

/** `tproxy ip6 to [::1]:3128` */
export function formatTproxy({ family, address, port }: NftTproxy, context: Context): string {
  const to = address === undefined ? '' : formatAddress(addressType(family, context), address, context, true);
  return spaced('tproxy', family, `to ${to}${formatPort(port, context)}`);
}

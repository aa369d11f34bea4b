import type { NftFibKey } from '../selectors/family-options';
import type { fib, ipsec, numgen, osf, payload, tunnel } from '../selectors/families';
import type { jhash, symhash } from '../selectors/hashes';
import type { FamilyWords } from './selector-words';
import { spaced, withoutWords } from './text';

// nft's words for selectors that have parameters.

/** In nft's order. */
const fibKeys = {
  source: 'saddr',
  destination: 'daddr',
  mark: 'mark',
  inputDevice: 'iif',
  outputDevice: 'oif',
} as const satisfies Record<NftFibKey, string>;

const fibResults = { outputDevice: 'oifname', outputDeviceIndex: 'oif', route: 'oif', addressType: 'type' } as const;

export const fibWords: FamilyWords<typeof fib> = ({ by }, result) => {
  const keys = Object.entries(fibKeys).filter(([key]) => by.includes(key as NftFibKey));
  return `fib ${keys.map(([, word]) => word).join(' . ')} ${fibResults[result]}`;
};

const offsetOf = (offset: number | undefined) =>
  offset === undefined || offset === 0 ? '' : `offset ${String(offset)}`;

export const numgenWords: FamilyWords<typeof numgen> = ({ mode, modulus, offset }) =>
  spaced(`numgen ${mode} mod ${String(modulus)}`, offsetOf(offset));

export const jhashWords: FamilyWords<typeof jhash> = ({ of, modulus, seed, offset }, _result, wordsOf) =>
  spaced(
    `jhash ${of.map(wordsOf).join(' . ')} mod ${String(modulus)}`,
    seed === undefined ? '' : `seed 0x${seed.toString(16)}`,
    offsetOf(offset),
  );

export const symhashWords: FamilyWords<typeof symhash> = ({ modulus, offset }) =>
  spaced(`symhash mod ${String(modulus)}`, offsetOf(offset));

const bases = { linkLayer: 'll', network: 'nh', transport: 'th', inner: 'ih' } as const;
const BITS = 8;

export const payloadWords: FamilyWords<typeof payload> = ({ base, offset, length }) =>
  `@${bases[base]},${String(offset * BITS)},${String(length * BITS)}`;

export const osfWords: FamilyWords<typeof osf> = ({ ttl }, result) =>
  spaced('osf', ttl === undefined ? '' : `ttl ${ttl}`, result);

const ipsecResults = {
  requestId: 'reqid',
  spi: 'spi',
  source: 'ip saddr',
  destination: 'ip daddr',
  source6: 'ip6 saddr',
  destination6: 'ip6 daddr',
} as const;

export const ipsecWords: FamilyWords<typeof ipsec> = ({ direction, level = 0 }, result) =>
  spaced('ipsec', direction, level === 0 ? '' : `spnum ${String(level)}`, ipsecResults[result]);

/** nft does not tell the sides of a tunnel apart. */
export const tunnelWords: FamilyWords<typeof tunnel> = ({ mode }, result) =>
  mode === undefined ? `tunnel ${result}` : withoutWords(`tunnel ${mode} ${result}`);

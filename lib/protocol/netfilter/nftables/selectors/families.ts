import { checkInteger } from '../../../../codec';
import { at, isArray, show, wrongType, wrongValue } from '../../../../errors';
import { octetsOf, presenceIn } from '../values/special-types';
import { integer, shortText, types } from '../values/types';
import type {
  NftCgroupOf,
  NftCgroupTests,
  NftFibKey,
  NftFibOf,
  NftFibTests,
  NftIpsecOf,
  NftIpsecTests,
  NftNumgenOf,
  NftNumgenTests,
  NftOsfOf,
  NftOsfTests,
  NftPayloadOf,
  NftPayloadTests,
  NftTunnelOf,
  NftTunnelTests,
} from './family-options';
import type { SelectorFamily } from './family';
import type { Load, Selector } from './selector';

type LoadOf<Kind> = Extract<Load, { kind: Kind }>;

const MOST = 2 ** 32 - 1;

/** A whole number of the caller's. */
export function numberAt(given: Record<string, unknown>, name: string, least = 0, most = MOST): number {
  return at(name, () => {
    const { [name]: value } = given;
    checkInteger(value, least, most);
    return value;
  });
}

/** One of some words. */
export function wordAt<const Word extends string>(
  given: Record<string, unknown>,
  name: string,
  words: readonly Word[],
): Word {
  const { [name]: value } = given;
  const word = words.find((one) => one === value);
  if (word === undefined) throw wrongValue(`must be one of ${words.join(', ')}, not ${show(value)}`, name);
  return word;
}

/** The selector of a family whose parameters name no other field. */
function select(family: SelectorFamily, result: string, parameters: Record<string, unknown>): Selector {
  return family.select(result, parameters, noOther);
}

function noOther(field: unknown): never {
  throw wrongValue(`names another field, ${show(field)}, which has no meaning here`);
}

const fibFlags = {
  source: 'saddr',
  destination: 'daddr',
  mark: 'mark',
  inputDevice: 'iif',
  outputDevice: 'oif',
} as const;
const fibKeys = Object.keys(fibFlags) as NftFibKey[];

function fibBy({ by }: Record<string, unknown>): (typeof fibFlags)[NftFibKey][] {
  if (!isArray(by)) throw wrongType(`must be an array of ${fibKeys.join(', ')}, not ${show(by)}`, 'by');
  const wrong = by.find((one) => !fibKeys.includes(one as NftFibKey));
  if (wrong !== undefined) throw wrongValue(`must be of ${fibKeys.join(', ')}, not ${show(wrong)}`, 'by');
  if (by.includes('source') === by.includes('destination'))
    throw wrongValue("must have 'source' or 'destination', and not both", 'by');
  return fibKeys.filter((key) => by.includes(key)).map((key) => fibFlags[key]);
}

/** The kernel says it in four bytes. */
const hasRoute = presenceIn(4);

/** What the routing table says of a packet. */
export const fib: SelectorFamily<NftFibOf, NftFibTests> = {
  parameters: ['by'],
  results: ['outputDevice', 'outputDeviceIndex', 'route', 'addressType'],
  select(result, given): Selector {
    const flags = fibBy(given);
    const load = (of: LoadOf<'fib'>['result'], more: 'present'[] = []): LoadOf<'fib'> => ({
      ...{ kind: 'fib', result: of, flags: [...flags, ...more] },
    });
    if (result === 'addressType') return { type: types.fib_addrtype, load: load('type'), needs: [] };
    if (result === 'route') return { type: hasRoute, load: load('oif', ['present']), needs: [] };
    const byNumber = { type: types.iface_index, load: load('oif'), needs: [] };
    if (result === 'outputDeviceIndex') return byNumber;
    return { type: types.ifname, load: load('oifname'), needs: [], byNumber };
  },
  read(load) {
    const { result: of, flags = [] } = load as LoadOf<'fib'>;
    const by = fibKeys.filter((key) => flags.includes(fibFlags[key]));
    const isPresent = flags.includes('present');
    if (by.length + Number(isPresent) !== flags.length || by.includes('source') === by.includes('destination'))
      return undefined;
    const result = isPresent ? 'route' : of === 'type' ? 'addressType' : 'outputDevice';
    if (isPresent && of !== 'oif') return undefined;
    const selector = select(this, result, { by });
    if (of !== 'oif' || isPresent) return { result, parameters: { by }, selector };
    return { result, parameters: { by }, selector: selector.byNumber!, fieldResult: 'outputDeviceIndex' };
  },
};

/** A number of its own for each packet. */
export const numgen: SelectorFamily<NftNumgenOf, NftNumgenTests> = {
  parameters: ['mode', 'modulus', 'offset'],
  results: ['value'],
  select(_result, given) {
    const load: LoadOf<'numgen'> = {
      kind: 'numgen',
      type: wordAt(given, 'mode', ['inc', 'random']),
      modulus: numberAt(given, 'modulus', 1),
      offset: given.offset === undefined ? 0 : numberAt(given, 'offset'),
    };
    return { type: integer(4, true), load, needs: [] };
  },
  read(load) {
    const { type: mode, modulus, offset = 0 } = load as LoadOf<'numgen'>;
    if (typeof mode !== 'string' || modulus === undefined) return undefined;
    const parameters = { mode, modulus, ...(offset > 0 && { offset }) };
    return { result: 'value', parameters, selector: select(this, 'value', parameters) };
  },
};

const MOST_OF_NUMBER = 6;
const MOST_BYTES = 16;

/** Bytes of a packet that have no name. */
export const payload: SelectorFamily<NftPayloadOf, NftPayloadTests> = {
  parameters: ['base', 'offset', 'length'],
  results: ['value'],
  select(_result, given) {
    const length = numberAt(given, 'length', 1, MOST_BYTES);
    const load: LoadOf<'payload'> = {
      kind: 'payload',
      base: wordAt(given, 'base', ['linkLayer', 'network', 'transport', 'inner']),
      offset: numberAt(given, 'offset', 0, 0xffff),
      length,
    };
    return { type: length > MOST_OF_NUMBER ? octetsOf(length) : integer(length), load, needs: [] };
  },
  read(load) {
    const { base, offset = 0, length = 0 } = load as LoadOf<'payload'>;
    if (typeof base !== 'string' || length > MOST_BYTES || length === 0) return undefined;
    const parameters = { base, offset, length };
    return { result: 'value', parameters, selector: select(this, 'value', parameters) };
  },
};

/** NF_OSF_TTL_*. */
const ttls = { loose: 1, skip: 2 } as const;

/** The operating system that a connection is opened by. */
export const osf: SelectorFamily<NftOsfOf, NftOsfTests> = {
  parameters: ['ttl'],
  results: ['name', 'version'],
  select(result, given) {
    const ttl = given.ttl === undefined ? 0 : ttls[wordAt(given, 'ttl', ['loose', 'skip'])];
    const load: LoadOf<'osf'> = { kind: 'osf', ttl, ...(result === 'version' && { flags: ['version'] }) };
    return { type: shortText, load, needs: [] };
  },
  read(load) {
    const { ttl = 0, flags = [] } = load as LoadOf<'osf'>;
    const word = (['loose', 'skip'] as const).find((one) => ttls[one] === ttl);
    if ((word === undefined && ttl !== 0) || flags.some((flag) => flag !== 'version')) return undefined;
    const parameters = { ...(word !== undefined && { ttl: word }) };
    const result = flags.length > 0 ? 'version' : 'name';
    return { result, parameters, selector: select(this, result, parameters) };
  },
};

const ipsecKeys = {
  requestId: 'reqid',
  spi: 'spi',
  source: 'saddr',
  destination: 'daddr',
  source6: 'saddr6',
  destination6: 'daddr6',
} as const;
const ipsecResults = Object.keys(ipsecKeys) as (keyof typeof ipsecKeys)[];
const typesOfIpsec = {
  ...{ requestId: integer(4, true), spi: integer(4), source: types.ipv4_addr, destination: types.ipv4_addr },
  ...{ source6: types.ipv6_addr, destination6: types.ipv6_addr },
};
const LAST_LEVEL = 5;

/** What IPsec does with a packet. */
export const ipsec: SelectorFamily<NftIpsecOf, NftIpsecTests> = {
  parameters: ['direction', 'level'],
  results: ipsecResults,
  select(result, given) {
    const of = result as keyof typeof ipsecKeys;
    const load: LoadOf<'xfrm'> = {
      kind: 'xfrm',
      key: ipsecKeys[of],
      direction: wordAt(given, 'direction', ['in', 'out']),
      level: given.level === undefined ? 0 : numberAt(given, 'level', 0, LAST_LEVEL),
    };
    return { type: typesOfIpsec[of], load, needs: [] };
  },
  read(load) {
    const { key, direction, level = 0 } = load as LoadOf<'xfrm'>;
    const result = ipsecResults.find((one) => ipsecKeys[one] === key);
    if (result === undefined || typeof direction !== 'string' || level > LAST_LEVEL) return undefined;
    const parameters = { direction, ...(level > 0 && { level }) };
    return { result, parameters, selector: select(this, result, parameters) };
  },
};

/** The control group of a socket. */
export const cgroup: SelectorFamily<NftCgroupOf, NftCgroupTests> = {
  parameters: ['level'],
  results: ['id'],
  select(_result, given) {
    const load: LoadOf<'socket'> = { kind: 'socket', key: 'cgroupv2', level: numberAt(given, 'level', 1, 255) };
    return { type: types.cgroupsv2, load, needs: [] };
  },
  read(load) {
    const { key, level } = load as LoadOf<'socket'>;
    if (key !== 'cgroupv2' || level === undefined) return undefined;
    return { result: 'id', parameters: { level }, selector: select(this, 'id', { level }) };
  },
};

/** The tunnel of a packet. */
export const tunnel: SelectorFamily<NftTunnelOf, NftTunnelTests> = {
  parameters: ['mode'],
  results: ['id', 'path'],
  select(result, given) {
    const mode = given.mode === undefined ? 'none' : wordAt(given, 'mode', ['rx', 'tx']);
    const key = result === 'id' ? 'id' : 'path';
    const load: LoadOf<'tunnel'> = { kind: 'tunnel', key, mode };
    return { type: key === 'id' ? integer(4, true) : types.boolean, load, needs: [] };
  },
  read(load) {
    const { key, mode } = load as LoadOf<'tunnel'>;
    if (typeof key !== 'string' || typeof mode !== 'string') return undefined;
    const parameters = { ...(mode !== 'none' && { mode }) };
    return { result: key, parameters, selector: select(this, key, parameters) };
  },
};

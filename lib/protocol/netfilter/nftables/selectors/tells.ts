import { families, type NftFamily } from '../../netfilter';
import { numberIn } from '../values/value-type';
import type { Need } from './selector';

/** What a value of a field tells of the protocols that a packet has. */
export interface Told {
  readonly need: Need;
  /** Whether rules ask for it only to make sure, so that it goes without saying where something behind it needs the protocol. */
  readonly isCheck: boolean;
}

/** Tells a protocol by the value of a field; undefined if it tells none. */
export type Tells = (bytes: Uint8Array, family: NftFamily) => Told | undefined;

const ARPHRD_ETHER = 1;

/** Protocols above Ethernet by their numbers (ETH_P_*). */
export const etherTypes = { ip: 0x0800, ip6: 0x86dd, arp: 0x0806, vlan: 0x8100 } as const;

function networkOf(bytes: Uint8Array): 'ip' | 'ip6' | 'arp' | undefined {
  const number = numberIn(bytes, false);
  return (['ip', 'ip6', 'arp'] as const).find((protocol) => etherTypes[protocol] === number);
}

/** `meta l4proto` */
export const byTransport: Tells = (bytes) => ({
  need: { layer: 'transport', protocol: numberIn(bytes, false) },
  isCheck: true,
});

/** `meta nfproto`, which makes sure in tables of both families. */
export const byFamily: Tells = (bytes, family) => {
  const number = numberIn(bytes, false);
  const protocol = (['ip', 'ip6'] as const).find((one) => families[one] === number);
  return protocol === undefined || family !== 'inet'
    ? undefined
    : { need: { layer: 'network', protocol }, isCheck: true };
};

/** `meta protocol`, which makes sure in the other tables. */
export const byProtocol: Tells = (bytes, family) => {
  const protocol = networkOf(bytes);
  return protocol === undefined || (family === 'inet' && protocol !== 'arp')
    ? undefined
    : { need: { layer: 'network', protocol }, isCheck: true };
};

/** `iiftype` */
export const byLinkType: Tells = (bytes) =>
  numberIn(bytes, true) === ARPHRD_ETHER ? { need: { layer: 'link', protocol: 'ether' }, isCheck: true } : undefined;

/** `vlan type`, which names what is behind the tag. */
export const byInnerType: Tells = (bytes) => {
  const protocol = networkOf(bytes);
  return protocol && { need: { layer: 'network', protocol }, isCheck: false };
};

/** `ether type`, which makes sure of a VLAN tag, or names what is behind the header. */
export const byEtherType: Tells = (bytes, family) =>
  numberIn(bytes, false) === etherTypes.vlan
    ? { need: { layer: 'link', protocol: 'vlan' }, isCheck: true }
    : byInnerType(bytes, family);

/** `ip protocol`, `ip6 nexthdr`: the protocol behind the header. */
export const byNextHeader: Tells = (bytes) => ({
  need: { layer: 'transport', protocol: numberIn(bytes, false) },
  isCheck: false,
});

import { wrongValue } from '../../../../errors';
import { families, type NftFamily } from '../../netfilter';
import type { Load, Need } from '../selectors/selector';
import { etherTypes } from '../selectors/tells';
import { ipProtocols } from '../values/types';
import { bytesOf } from '../values/value-type';

/** Protocols that a packet is known to have. */
interface Known {
  link?: string | undefined;
  network?: string | undefined;
  transport?: number | undefined;
}

const knownOf: Record<NftFamily, Known> = {
  inet: {},
  ip: { network: 'ip' },
  ip6: { network: 'ip6' },
  arp: { network: 'arp' },
  bridge: { link: 'ether' },
  netdev: { link: 'ether' },
};

const ARPHRD_ETHER = 1;

const { tcp, udp, dccp, sctp, udplite } = ipProtocols;

/** Those of the transport layer whose headers begin with two ports. */
const withPorts: readonly number[] = [tcp, udp, dccp, sctp, udplite];

/** Whether a header can begin with ports, as far as its protocol is known. */
export function mayHavePorts(transport: number | undefined): boolean {
  return transport === undefined || withPorts.includes(transport);
}

/** A comparison that makes sure of a protocol. */
export interface Check {
  readonly load: Load;
  readonly value: Uint8Array;
}

/** What a rule of a family has to look at, to be sure of a protocol. */
export function checkOf(family: NftFamily, need: Need): Check {
  if (need.layer === 'transport') {
    return { load: { kind: 'meta', key: 'l4proto' }, value: bytesOf(need.protocol, 1, false) };
  }
  if (need.layer === 'link') {
    return need.protocol === 'ether'
      ? { load: { kind: 'meta', key: 'iiftype' }, value: bytesOf(ARPHRD_ETHER, 2, true) }
      : {
          load: { kind: 'payload', base: 'linkLayer', offset: 12, length: 2 },
          value: bytesOf(etherTypes.vlan, 2, false),
        };
  }
  if (family === 'inet' && need.protocol !== 'arp') {
    return { load: { kind: 'meta', key: 'nfproto' }, value: bytesOf(families[need.protocol], 1, false) };
  }
  return { load: { kind: 'meta', key: 'protocol' }, value: bytesOf(etherTypes[need.protocol], 2, false) };
}

/** What is known of packets at some place in a rule. */
export class Protocols {
  private readonly known: Known;
  private isVlan = false;

  constructor(family: NftFamily) {
    this.known = { ...knownOf[family] };
  }

  /** Whether a packet has a protocol for sure. */
  has(need: Need): boolean {
    if (need.layer === 'link' && need.protocol === 'vlan') return this.isVlan;
    return this.known[need.layer] === need.protocol;
  }

  /** The protocol of the transport layer, if it is known. */
  get transport(): number | undefined {
    return this.known.transport;
  }

  /** Throws if a packet cannot have a protocol. */
  private check(need: Need): void {
    const { network } = this.known;
    if (need.layer === 'network' && network !== undefined && network !== need.protocol)
      throw wrongValue(`is of ${need.protocol}, and packets of this rule are of ${network}`);
  }

  learn(need: Need): void {
    if (need.layer === 'link' && need.protocol === 'vlan') this.isVlan = true;
    else if (need.layer === 'transport') this.known.transport = need.protocol;
    else this.known[need.layer] = need.protocol;
  }

  /** Whether a comparison is missing before something can be asked. Throws if a packet cannot have the protocol. */
  isMissing(need: Need): boolean {
    this.check(need);
    return !this.has(need);
  }
}

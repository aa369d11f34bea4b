import { wrongValue } from '../../../../errors';
import { families, type NftFamily } from '../../netfilter';
import type { Expression } from '../expressions';
import type { Load, Need, Selector } from '../selectors/selector';
import type { SetContent } from '../sets/set-content';
import { bytesOf } from '../values/value-type';
import type { NftRawSet } from './statement';

/** A set of a rule's own, without a name. */
export interface AnonymousSet {
  readonly id: number;
  readonly name: string;
  readonly set: SetContent | { readonly raw: NftRawSet };
}

/** The register that most go through. */
export const REGISTER = 1;
/** The kernel's registers of four bytes (NFT_REG32_00). The first four are also register 1. */
export const FIRST_SHORT = 8;

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

const etherTypes: Record<string, number> = { ip: 0x0800, ip6: 0x86dd, arp: 0x0806, vlan: 0x8100 };
const ARPHRD_ETHER = 1;

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
          value: bytesOf(etherTypes.vlan!, 2, false),
        };
  }
  if (family === 'inet' && need.protocol !== 'arp') {
    return { load: { kind: 'meta', key: 'nfproto' }, value: bytesOf(families[need.protocol], 1, false) };
  }
  return { load: { kind: 'meta', key: 'protocol' }, value: bytesOf(etherTypes[need.protocol]!, 2, false) };
}

/** What is known of packets at some place in a rule. */
export class Protocols {
  private readonly known: Known;
  private isVlan = false;

  constructor(private readonly family: NftFamily) {
    this.known = { ...knownOf[family] };
  }

  /** Whether a packet has a protocol for sure. Throws if it cannot have it. */
  has(need: Need): boolean {
    if (need.layer === 'link' && need.protocol === 'vlan') return this.isVlan;
    const { [need.layer]: known } = this.known;
    if (known === undefined || known === need.protocol) return known !== undefined;
    if (need.layer !== 'network') return false;
    throw wrongValue(`is of ${need.protocol}, and packets of this rule are of ${String(known)}`);
  }

  learn(need: Need): void {
    if (need.layer === 'link' && need.protocol === 'vlan') this.isVlan = true;
    else if (need.layer === 'transport') this.known.transport = need.protocol;
    else this.known[need.layer] = need.protocol;
  }

  /** The comparisons that are missing before something can be asked. */
  missing(needs: readonly Need[]): Need[] {
    return needs.filter((need) => !this.has(need));
  }

  checkFor(need: Need): Check {
    return checkOf(this.family, need);
  }
}

/** The expressions of a rule, as they come together. */
export class RuleWriter {
  readonly expressions: Expression[] = [];
  readonly sets: AnonymousSet[] = [];
  readonly protocols: Protocols;

  constructor(
    readonly family: NftFamily,
    /** Gives a number to a set without a name. */
    private readonly nextSetId: () => number,
  ) {
    this.protocols = new Protocols(family);
  }

  add(...expressions: readonly Expression[]): void {
    this.expressions.push(...expressions);
  }

  /** Makes sure of protocols. */
  need(needs: readonly Need[]): void {
    for (const need of this.protocols.missing(needs)) {
      const { load, value } = this.protocols.checkFor(need);
      this.add({ ...load, into: REGISTER });
      this.add({ kind: 'cmp', from: REGISTER, operation: 'eq', value: { value } });
      this.protocols.learn(need);
    }
  }

  /** Puts what a selector means into a register; fewer bytes of it, if only the first of them are meant. */
  load({ load, needs }: Selector, into = REGISTER, length?: number): void {
    this.need(needs);
    this.add({ ...load, into, ...(length !== undefined && { length }) });
  }

  /** Adds a set without a name, and returns what a look-up in it says. */
  addSet(set: AnonymousSet['set'], prefix: '__set' | '__map'): { set: string; setId: number } {
    const id = this.nextSetId();
    const name = `${prefix}%d`;
    this.sets.push({ id, name, set });
    return { set: name, setId: id };
  }
}

/** The registers for values that are looked up together, one behind the other. */
export function registersOf(sizes: readonly number[]): number[] {
  let at = 0;
  return sizes.map((size) => {
    const register = at === 0 ? REGISTER : FIRST_SHORT + at;
    at += Math.ceil(size / 4);
    return register;
  });
}

import type { NftFamily } from '../netfilter';
import type { Expression } from './expressions';

const NFTA_RULE_COMPAT = { PROTO: 1, FLAGS: 2 } as const;
const NFT_RULE_COMPAT_F_INV = 2;

/** Where IPv4 has the protocol inside, which iptables before 1.8.8 compares. */
const PROTOCOL_OFFSET = 9;

/**
 * What the kernel wants to know of a rule with matches or targets of iptables: the protocol that it is of, which 'tcp', 'multiport' and others insist on. The kernel
 * does not list it, so it is taken from the comparison in the rule, as iptables does.
 */
export function compatOf(family: NftFamily, expressions: readonly Expression[]): Uint8Array | undefined {
  if (family === 'bridge' || family === 'arp') return undefined;
  if (!expressions.some(({ kind }) => kind === 'match' || kind === 'target')) return undefined;
  for (const [index, load] of expressions.entries()) {
    const compared = expressions[index + 1];
    if (!isProtocol(load) || compared?.kind !== 'cmp' || !('operation' in compared)) continue;
    const { operation, value } = compared;
    const protocol = value?.value?.[0];
    if (protocol === undefined || (operation !== 'eq' && operation !== 'neq')) continue;
    const flags = operation === 'neq' ? NFT_RULE_COMPAT_F_INV : 0;
    return Buffer.concat([attribute(NFTA_RULE_COMPAT.PROTO, protocol), attribute(NFTA_RULE_COMPAT.FLAGS, flags)]);
  }
  return undefined;
}

function isProtocol(load: Expression): boolean {
  if (load.kind === 'meta') return 'key' in load && load.key === 'l4proto';
  if (load.kind !== 'payload' || !('base' in load)) return false;
  return load.base === 'network' && load.offset === PROTOCOL_OFFSET && load.length === 1;
}

/** A number in the order of the network behind a header in that of the host. */
function attribute(type: number, number: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new Uint16Array(bytes.buffer, 0, 2).set([bytes.length, type]);
  new DataView(bytes.buffer).setUint32(4, number);
  return bytes;
}

import { ERRNO } from '../../../errno';
import type { Hint, Request } from '../../netlink';
import type { NftFamily } from '../netfilter';
import type { NftChainOptions } from './chain-options';
import type { NftTableOptions } from './table-options';

/** What a table lacks that the kernel refuses. */
export function hintOfTable(family: NftFamily, flags: NftTableOptions['flags'] = []): Request['hint'] {
  return (errno) => {
    // Kernels before 5.12 refuse a flag that they do not know with EINVAL.
    if (errno !== ERRNO.EOPNOTSUPP && (errno !== ERRNO.EINVAL || !flags.includes('owner'))) return undefined;
    const noFamily = `no nf_tables of the family '${family}'`;
    for (const [flag, since] of newFlags) {
      if (flags.includes(flag))
        return { property: 'flags', text: `this kernel has no '${flag}' (since Linux ${since}), or ${noFamily}` };
    }
    return { property: 'family', text: `this kernel has ${noFamily}` };
  };
}

/** Flags of tables that kernels may not know, the newest first. */
const newFlags = [
  ['persist', '6.9'],
  ['owner', '5.12'],
] as const;

/** Chains of a lower priority have packets before their connection is known (NF_IP_PRI_CONNTRACK). */
const CONNTRACK_PRIORITY = -200;

/** What is wrong with a chain that the kernel refuses. */
export function hintOfChain(options: NftChainOptions): Request['hint'] {
  const { family, type } = options;
  return (errno, _, __, property) => {
    if (errno === ERRNO.ENOENT && property === 'type' && type !== undefined)
      return { text: `this kernel has no chains of type '${type}' in tables of '${family}'` };
    return errno === ERRNO.EOPNOTSUPP ? unsupported(options) : undefined;
  };
}

function unsupported({ family, type, hook, priority, policy, devices }: NftChainOptions): Hint | undefined {
  if (devices !== undefined && hook !== 'ingress' && hook !== 'egress')
    return { property: 'devices', text: "only chains at 'ingress' and 'egress' are of devices" };
  if (type === 'nat' && (hook === 'forward' || hook === 'ingress' || hook === 'egress'))
    return { property: 'hook', text: "chains of type 'nat' are at prerouting, input, output or postrouting" };
  if (type === 'route' && hook !== 'output') return { property: 'hook', text: "chains of type 'route' are at output" };
  if (type === 'nat' && (priority === 'raw' || (typeof priority === 'number' && priority <= CONNTRACK_PRIORITY)))
    return { property: 'priority', text: `must be above ${String(CONNTRACK_PRIORITY)} for chains of type 'nat'` };
  if (hook === undefined && policy !== undefined)
    return { property: 'policy', text: "only base chains have one, those with 'type', 'hook' and 'priority'" };
  if (hook === undefined) return undefined;
  return {
    property: 'hook',
    text: `this kernel has no such chains in tables of '${family}', or the chain is there at another hook or priority`,
  };
}

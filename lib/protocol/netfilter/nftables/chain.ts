import {
  choiceOf,
  field,
  inside,
  int32be,
  member,
  message,
  needing,
  required,
  text,
  uint32be,
  type Type,
  type Words,
} from '../../../codec';
import { NLM_F, type Request } from '../../netlink';
import { checkFamily, netfilterRequest, nfgenmsg, type NftFamily } from '../netfilter';
import { LONGEST_NAME, NFT_MSG, NFTABLES } from './nftables';

const NFTA_CHAIN = { TABLE: 1, NAME: 3, HOOK: 4, POLICY: 5, TYPE: 7 } as const;
const NFTA_HOOK = { HOOKNUM: 1, PRIORITY: 2 } as const;

/** Where the kernel passes packets to a base chain (NF_INET_*, NF_BR_*, NF_ARP_*, NF_NETDEV_*). */
const ofIp = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const;
const hooks = {
  inet: { ...ofIp, ingress: 5 },
  ip: ofIp,
  ip6: ofIp,
  bridge: ofIp,
  arp: { input: 0, output: 1 },
  netdev: { ingress: 0, egress: 1 },
} as const satisfies Record<NftFamily, Words>;

/** Names of priorities (NF_IP_PRI_*, NF_BR_PRI_*): chains of a lower one come first. */
const filter = { filter: 0 } as const;
const prioritiesOfIp = { raw: -300, mangle: -150, dstnat: -100, ...filter, security: 50, srcnat: 100 } as const;
const priorities = {
  inet: prioritiesOfIp,
  ip: prioritiesOfIp,
  ip6: prioritiesOfIp,
  bridge: { dstnat: -300, filter: -200, out: 100, srcnat: 300 },
  arp: filter,
  netdev: filter,
} as const satisfies Record<NftFamily, Words>;

const policies = { drop: 0, accept: 1 } as const;

/** Where packets come to a base chain. */
export type NftHook = keyof typeof ofIp | 'ingress' | 'egress';
/** A priority that has a name. */
export type NftPriority = keyof typeof prioritiesOfIp | 'out';
/** What becomes of packets for which no rule decides. */
export type NftPolicy = keyof typeof policies;

const LONGEST_TYPE = 31;

/** Three that have no meaning without one another: each needs the next. */
function fieldsOf(hookWords: Words, priorityWords: Words) {
  const ofHook = <Value>(number: number, type: Type<Value>) => inside([NFTA_CHAIN.HOOK], field(number, type));
  return {
    family: required(member(nfgenmsg, 'family'), "must be a family such as 'inet'"),
    table: required(text(NFTA_CHAIN.TABLE, LONGEST_NAME), 'must be the name of its table'),
    name: required(text(NFTA_CHAIN.NAME, LONGEST_NAME), 'must be the name of the chain'),
    type: needing(text(NFTA_CHAIN.TYPE, LONGEST_TYPE), 'priority'),
    hook: needing(ofHook(NFTA_HOOK.HOOKNUM, choiceOf(hookWords, uint32be)), 'type'),
    priority: needing(ofHook(NFTA_HOOK.PRIORITY, choiceOf(priorityWords, int32be)), 'hook'),
    policy: needing(field(NFTA_CHAIN.POLICY, choiceOf(policies, uint32be)), 'hook'),
  } as const;
}

const declare = (family: NftFamily) => message(nfgenmsg, fieldsOf(hooks[family], priorities[family]));
const chains: Record<NftFamily, ReturnType<typeof declare>> = {
  inet: declare('inet'),
  ip: declare('ip'),
  ip6: declare('ip6'),
  bridge: declare('bridge'),
  arp: declare('arp'),
  netdev: declare('netdev'),
};

/** A chain to be made. With `type`, `hook` and `priority` it is a base chain, to which the kernel passes packets. */
export interface NftChainOptions {
  /** The family of its table: 'inet'. */
  family: NftFamily;
  /** Its table. NFTA_CHAIN_TABLE. */
  table: string;
  /** Its name in the table. NFTA_CHAIN_NAME. */
  name: string;
  /** What it is for: 'filter', 'nat' or 'route'. NFTA_CHAIN_TYPE. */
  type?: 'filter' | 'nat' | 'route' | undefined;
  /** Where packets come to it. NFTA_HOOK_HOOKNUM. */
  hook?: NftHook | undefined;
  /** When it has its turn among the chains of the hook, by its name or as a number: lower ones are first. NFTA_HOOK_PRIORITY. */
  priority?: NftPriority | number | undefined;
  /** What becomes of packets for which no rule decides; 'accept' by default. NFTA_CHAIN_POLICY. */
  policy?: NftPolicy | undefined;
}

/** Asks for a chain; one that is there takes the policy. */
export function newChain(options: NftChainOptions): Request {
  const { family, table, name } = options;
  checkFamily(family);
  return netfilterRequest(NFTABLES, chains[family], {
    name: 'NFT_MSG_NEWCHAIN',
    command: NFT_MSG.NEWCHAIN,
    flags: NLM_F.CREATE,
    subject: () => `chain '${family} ${table} ${name}'`,
    values: options,
  });
}

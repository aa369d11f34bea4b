import {
  attributes,
  bits,
  choiceOf,
  field,
  inside,
  int32be,
  list,
  LONGEST_LINK_NAME,
  member,
  message,
  needing,
  nested,
  octets,
  readOnly,
  required,
  text,
  uint32be,
  uint64be,
  type RowOf,
  type Source,
  type Type,
  type Words,
} from '../../../codec';
import { isArray, wrongValue } from '../../../errors';
import { NLM_F, type Query, type Request } from '../../netlink';
import { checkFamily, nfgenmsg, type NftFamily } from '../netfilter';
import type {
  NftChain,
  NftChainFilter,
  NftChainFlag,
  NftChainKey,
  NftChainOptions,
  NftHook,
  NftPolicy,
} from './chain-options';
import { hintOfChain } from './hints';
import { nftablesQuery, nftablesRequest } from './nftables';
import { keptBytes, keptRow } from './user-data';
import { nftName } from './names';

const NFTA_CHAIN = {
  ...{
    TABLE: 1,
    HANDLE: 2,
    NAME: 3,
    HOOK: 4,
    POLICY: 5,
    USE: 6,
    TYPE: 7,
    COUNTERS: 8,
    PAD: 9,
    FLAGS: 10,
    ID: 11,
    USERDATA: 12,
  },
} as const;
const NFTA_HOOK = { HOOKNUM: 1, PRIORITY: 2, DEV: 3, DEVS: 4 } as const;
const NFTA_DEVICE_NAME = 1;

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

/** NFT_CHAIN_*. The first follows from its hook. */
const chainFlags = { base: 1, offload: 2, binding: 4 } as const;

/** What a base chain counts of packets for which no rule decided (NFTA_COUNTER_*). */
const counter = attributes({ bytes: field(1, uint64be), packets: field(2, uint64be) }, [3]);

const policies = { drop: 0, accept: 1 } as const;

const LONGEST_TYPE = 31;

/** Three that have no meaning without one another: each needs the next. */
function fieldsOf(hookWords: Words, priorityWords: Words) {
  const ofHook = <Value>(number: number, type: Type<Value>) => inside([NFTA_CHAIN.HOOK], field(number, type));
  return {
    family: required(member(nfgenmsg, 'family'), "must be a family such as 'inet'"),
    table: required(nftName(NFTA_CHAIN.TABLE), 'must be the name of its table'),
    name: required(nftName(NFTA_CHAIN.NAME), 'must be the name of the chain'),
    type: needing(text(NFTA_CHAIN.TYPE, LONGEST_TYPE), 'priority'),
    hook: needing(ofHook(NFTA_HOOK.HOOKNUM, choiceOf(hookWords, uint32be)), 'type'),
    priority: needing(ofHook(NFTA_HOOK.PRIORITY, choiceOf(priorityWords, int32be)), 'hook'),
    policy: field(NFTA_CHAIN.POLICY, choiceOf(policies, uint32be)),
    devices: needing(
      inside([NFTA_CHAIN.HOOK], list(NFTA_HOOK.DEVS, text(NFTA_DEVICE_NAME, LONGEST_LINK_NAME))),
      'hook',
    ),
    /** Older kernels tell the only one so. */
    device: readOnly(inside([NFTA_CHAIN.HOOK], text(NFTA_HOOK.DEV, LONGEST_LINK_NAME))),
    flags: bits(NFTA_CHAIN.FLAGS, chainFlags, uint32be),
    counter: needing(nested(NFTA_CHAIN.COUNTERS, counter), 'hook'),
    userData: field(NFTA_CHAIN.USERDATA, octets),
    handle: readOnly(field(NFTA_CHAIN.HANDLE, uint64be)),
    use: readOnly(field(NFTA_CHAIN.USE, uint32be)),
  } as const;
}

const declare = (family: NftFamily) =>
  message(nfgenmsg, fieldsOf(hooks[family], priorities[family]), {
    ignored: [NFTA_CHAIN.PAD, NFTA_CHAIN.ID],
  });
const chains: Record<NftFamily, ReturnType<typeof declare>> = {
  inet: declare('inet'),
  ip: declare('ip'),
  ip6: declare('ip6'),
  bridge: declare('bridge'),
  arp: declare('arp'),
  netdev: declare('netdev'),
};

/** Asks for a chain; one that is there takes the policy. */
export function newChain(options: NftChainOptions): Request {
  const { comment, userData, ...rest } = options;
  const { family, devices, flags } = rest;
  checkFamily(family);
  if (isArray(devices) && devices.length === 0) throw wrongValue('must name one link at least', 'devices');
  if (isArray(flags) && flags.includes('binding')) {
    const reason = "must not have 'binding': a chain without a name belongs to the rule that leads to it";
    throw wrongValue(`${reason}, and is written with that by replaceRuleset alone`, 'flags');
  }
  return nftablesRequest('NEWCHAIN', chains[family], {
    flags: NLM_F.CREATE,
    subject: () => subjectOf(options),
    hint: hintOfChain(options),
    values: { ...rest, userData: keptBytes({ comment, userData }) },
  });
}

const innerChain = message(nfgenmsg, {
  family: required(member(nfgenmsg, 'family'), "must be a family such as 'inet'"),
  table: required(nftName(NFTA_CHAIN.TABLE), 'must be the name of its table'),
  flags: bits(NFTA_CHAIN.FLAGS, chainFlags, uint32be),
  id: field(NFTA_CHAIN.ID, uint32be),
  userData: field(NFTA_CHAIN.USERDATA, octets),
});

/** Asks for a chain without a name, which has a number in its batch, and belongs to the rule that leads to it. */
export function newInnerChain(options: NftChainOptions, id: number): Request {
  const { name: _, flags, comment, userData, ...rest } = options;
  const { handle: __, use: ___, ...where } = rest as typeof rest & Partial<NftChain>;
  return nftablesRequest('NEWCHAIN', innerChain, {
    flags: NLM_F.CREATE,
    subject: () => subjectOf(options),
    values: { ...where, flags, id, userData: keptBytes({ comment, userData }) },
  });
}

/** Asks that a chain go. */
export function deleteChain({ family, table, name }: NftChainKey): Request {
  checkFamily(family);
  return nftablesRequest('DELCHAIN', chains[family], {
    subject: () => subjectOf({ family, table, name }),
    values: { family, table, name },
  });
}

/** Asks for chains. The kernel selects them by their family alone. */
export function listChains({ family, table, ...others }: NftChainFilter = {}): Query<NftChain> {
  const decode = (...place: Parameters<typeof decodeChain>) => {
    const row = decodeChain(...place);
    return table === undefined || table === row.table ? row : undefined;
  };
  // With whatever else was given, which is refused.
  const values = { ...others, ...(family !== undefined && { family }), ...(table !== undefined && { table }) };
  return nftablesQuery('GETCHAIN', { ...chains.inet, decode }, { values });
}

/** Asks for a chain. */
export function getChain({ family, table, name }: NftChainKey): Query<NftChain> {
  return nftablesQuery(
    'GETCHAIN',
    { ...chains[family], decode: decodeChain },
    { subject: () => subjectOf({ family, table, name }), values: { family, table, name } },
  );
}

function decodeChain(source: Source, start: number, end: number): NftChain {
  const family = nfgenmsg.decode(source, start, end).family as NftFamily;
  return chainOf(family, chains[family].decode(source, start, end));
}

function chainOf(family: NftFamily, row: RowOf<ReturnType<typeof fieldsOf>>): NftChain {
  const { family: _, table = '', name = '', type, hook, priority, policy, devices, device, ...others } = row;
  const { flags = [], counter, userData, handle = 0, use = 0, ...more } = others;
  const special = flags.filter((flag) => flag !== 'base');
  const ofHook = devices ?? (device === undefined ? undefined : [device]);
  return {
    ...{ family, table, name },
    ...(type !== undefined && { type: type as 'filter' }),
    ...(hook !== undefined && { hook: hook as NftHook }),
    ...(priority !== undefined && { priority: priority as number }),
    ...(policy !== undefined && { policy: policy as NftPolicy }),
    ...(ofHook !== undefined && { devices: ofHook }),
    ...(special.length > 0 && { flags: special as NftChainFlag[] }),
    ...(counter !== undefined && { counter }),
    ...keptRow(userData),
    ...{ handle, use, ...more },
  };
}

function subjectOf({ family, table, name }: NftChainKey): string {
  return `chain '${family} ${table} ${name}'`;
}

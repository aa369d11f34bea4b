import {
  bits,
  choiceOf,
  constant,
  field,
  inside,
  int32be,
  list,
  LONGEST_LINK_NAME,
  member,
  message,
  readOnly,
  required,
  text,
  uint32be,
  uint64be,
  type Source,
  type Type,
} from '../../../codec';
import { NLM_F, type Query, type Request } from '../../netlink';
import { checkFamily, nfgenmsg, type NftFamily } from '../netfilter';
import type { NftFlowtable, NftFlowtableFilter, NftFlowtableKey, NftFlowtableOptions } from './flowtable-options';
import { nftablesQuery, nftablesRequest } from './nftables';
import { nftName } from './names';

const NFTA_FLOWTABLE = { TABLE: 1, NAME: 2, HOOK: 3, USE: 4, HANDLE: 5, PAD: 6, FLAGS: 7 } as const;
const NFTA_FLOWTABLE_HOOK = { NUM: 1, PRIORITY: 2, DEVS: 3 } as const;
const NFTA_DEVICE_NAME = 1;

const ofHook = <Value>(number: number, type: Type<Value>) => inside([NFTA_FLOWTABLE.HOOK], field(number, type));

const names = {
  family: required(member(nfgenmsg, 'family'), "must be a family such as 'inet'"),
  table: required(nftName(NFTA_FLOWTABLE.TABLE), 'must be the name of its table'),
  name: required(nftName(NFTA_FLOWTABLE.NAME), 'must be the name of the flowtable'),
} as const;

const flowtable = message(
  nfgenmsg,
  {
    ...names,
    hook: ofHook(NFTA_FLOWTABLE_HOOK.NUM, choiceOf({ ingress: 0 }, uint32be)),
    priority: ofHook(NFTA_FLOWTABLE_HOOK.PRIORITY, choiceOf({ filter: 0 }, int32be)),
    devices: inside([NFTA_FLOWTABLE.HOOK], list(NFTA_FLOWTABLE_HOOK.DEVS, text(NFTA_DEVICE_NAME, LONGEST_LINK_NAME))),
    flags: constant(bits(NFTA_FLOWTABLE.FLAGS, { offload: 1, counter: 2 }, uint32be), []),
    handle: readOnly(field(NFTA_FLOWTABLE.HANDLE, uint64be)),
    use: readOnly(field(NFTA_FLOWTABLE.USE, uint32be)),
  },
  { ignored: [NFTA_FLOWTABLE.PAD] },
);

/** With its devices only these would go. */
const nameOfOne = message(nfgenmsg, names);

/** Asks for a flowtable; one that is there gets the devices besides. */
export function newFlowtable(options: NftFlowtableOptions): Request {
  const { hook = 'ingress', priority = 'filter', devices, flags = [], ...where } = options;
  checkFamily(where.family);
  return nftablesRequest('NEWFLOWTABLE', flowtable, {
    flags: NLM_F.CREATE,
    subject: () => subjectOf(options),
    // With whatever else was given, which is refused.
    values: { ...where, hook, priority, devices, flags },
  });
}

/** Asks that a flowtable go. */
export function deleteFlowtable({ family, table, name }: NftFlowtableKey): Request {
  checkFamily(family);
  return nftablesRequest('DELFLOWTABLE', nameOfOne, {
    subject: () => subjectOf({ family, table, name }),
    values: { family, table, name },
  });
}

/** Asks for flowtables. */
export function listFlowtables(filter: NftFlowtableFilter = {}): Query<NftFlowtable> {
  return nftablesQuery('GETFLOWTABLE', { ...flowtable, decode: decodeFlowtable }, { values: filter });
}

export function decodeFlowtable(source: Source, start: number, end: number): NftFlowtable {
  const {
    family,
    table = '',
    name = '',
    hook = 'ingress',
    priority = 'filter',
    devices = [],
    flags,
    handle = 0,
    use = 0,
    ...more
  } = flowtable.decode(source, start, end);
  return {
    ...{ family: family as NftFamily, table, name, hook: hook as 'ingress', priority },
    ...(devices.length > 0 && { devices }),
    ...(flags.length > 0 && { flags: flags as NftFlowtable['flags'] & object }),
    ...{ handle, use, ...more },
  };
}

function subjectOf({ family, table, name }: NftFlowtableKey): string {
  return `flowtable '${family} ${table} ${name}'`;
}

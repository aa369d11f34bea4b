import {
  bits,
  field,
  inKey,
  member,
  message,
  octets,
  readOnly,
  required,
  uint32be,
  uint64be,
  type Source,
} from '../../../codec';
import { isArray, wrongValue } from '../../../errors';
import { NLM_F, type Query, type Request } from '../../netlink';
import { checkFamily, nfgenmsg, type NftFamily } from '../netfilter';
import { hintOfTable } from './hints';
import { nftablesQuery, nftablesRequest } from './nftables';
import type { NftTable, NftTableFilter, NftTableFlag, NftTableKey, NftTableOptions } from './table-options';
import { keptBytes, keptRow } from './user-data';
import { nftName } from './names';

const NFTA_TABLE = { NAME: 1, FLAGS: 2, USE: 3, HANDLE: 4, PAD: 5, USERDATA: 6, OWNER: 7 } as const;

const fields = {
  family: required(inKey(member(nfgenmsg, 'family')), "must be a family such as 'inet'"),
  name: required(inKey(nftName(NFTA_TABLE.NAME)), 'must be the name of the table'),
  flags: bits(NFTA_TABLE.FLAGS, { dormant: 1, owner: 2, persist: 4 }, uint32be),
  userData: field(NFTA_TABLE.USERDATA, octets),
  owner: readOnly(field(NFTA_TABLE.OWNER, uint32be)),
  handle: readOnly(field(NFTA_TABLE.HANDLE, uint64be)),
  use: readOnly(field(NFTA_TABLE.USE, uint32be)),
} as const;

const table = message(nfgenmsg, fields, { ignored: [NFTA_TABLE.PAD] });

/**
 * Asks for a table; one that is there stays as it is but for its flags, as with `nft add table`. One that is owned belongs to the socket that
 * asks for it.
 */
export function newTable(options: NftTableOptions, isOwned = false): Request {
  const { comment, userData, ...rest } = options;
  checkFamily(options.family);
  const flags = isOwned ? ownedFlags(options.flags) : options.flags;
  if (!isOwned && isArray(flags) && flags.includes('owner')) {
    throw wrongValue(
      "must not have 'owner': the table would end with the socket that asks for it, which the library may close. " +
        'nftables.owner() has a socket of its own for such tables',
      'flags',
    );
  }
  return nftablesRequest('NEWTABLE', table, {
    flags: NLM_F.CREATE,
    subject: () => subjectOfTable(options),
    hint: hintOfTable(options.family, flags),
    values: { ...rest, flags, userData: keptBytes({ comment, userData }) },
  });
}

/** With 'owner', whether that was said or not. */
function ownedFlags(flags: NftTableOptions['flags'] = []): NftTableOptions['flags'] {
  // What is no array is refused when it is encoded.
  return isArray(flags) && !flags.includes('owner') ? [...flags, 'owner'] : flags;
}

/** Asks that a table go, with all that is in it. */
export function deleteTable({ family, name }: NftTableKey): Request {
  checkFamily(family);
  return nftablesRequest('DELTABLE', table, {
    subject: () => subjectOfTable({ family, name }),
    values: { family, name },
  });
}

/** Asks for tables. */
export function listTables(filter: NftTableFilter = {}): Query<NftTable> {
  return nftablesQuery('GETTABLE', { ...table, decode: decodeTable }, { values: filter });
}

/** Asks for a table. */
export function getTable({ family, name }: NftTableKey): Query<NftTable> {
  return nftablesQuery(
    'GETTABLE',
    { ...table, decode: decodeTable },
    { subject: () => subjectOfTable({ family, name }), values: { family, name } },
  );
}

function decodeTable(source: Source, start: number, end: number): NftTable {
  const {
    family,
    name = '',
    flags = [],
    userData,
    owner,
    handle = 0,
    use = 0,
    ...more
  } = table.decode(source, start, end);
  return {
    ...{ family: family as NftFamily, name },
    ...(flags.length > 0 && { flags: flags as NftTableFlag[] }),
    ...keptRow(userData),
    ...(owner !== undefined && { owner }),
    ...{ handle, use, ...more },
  };
}

/** How errors call a table. */
export function subjectOfTable({ family, name }: NftTableKey): string {
  return `table '${family} ${name}'`;
}

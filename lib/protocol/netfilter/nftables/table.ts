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
  handle: readOnly(field(NFTA_TABLE.HANDLE, uint64be)),
  use: readOnly(field(NFTA_TABLE.USE, uint32be)),
} as const;

const table = message(nfgenmsg, fields, { ignored: [NFTA_TABLE.PAD, NFTA_TABLE.OWNER] });

/** Asks for a table; one that is there stays as it is but for its flags, as with `nft add table`. */
export function newTable(options: NftTableOptions): Request {
  const { comment, userData, ...rest } = options;
  checkFamily(options.family);
  const { flags } = options;
  if (isArray(flags) && flags.includes('owner')) {
    throw wrongValue(
      "must not have 'owner': a table would end with the socket that asks for it, which the library may close",
      'flags',
    );
  }
  return nftablesRequest('NEWTABLE', table, {
    flags: NLM_F.CREATE,
    subject: () => subjectOf(options),
    hint: hintOfTable(options.family),
    values: { ...rest, userData: keptBytes({ comment, userData }) },
  });
}

/** Asks that a table go, with all that is in it. */
export function deleteTable({ family, name }: NftTableKey): Request {
  checkFamily(family);
  return nftablesRequest('DELTABLE', table, { subject: () => subjectOf({ family, name }), values: { family, name } });
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
    { subject: () => subjectOf({ family, name }), values: { family, name } },
  );
}

function decodeTable(source: Source, start: number, end: number): NftTable {
  const { family, name = '', flags = [], userData, handle = 0, use = 0, ...more } = table.decode(source, start, end);
  return {
    ...{ family: family as NftFamily, name },
    ...(flags.length > 0 && { flags: flags as NftTableFlag[] }),
    ...keptRow(userData),
    ...{ handle, use, ...more },
  };
}

function subjectOf({ family, name }: NftTableKey): string {
  return `table '${family} ${name}'`;
}

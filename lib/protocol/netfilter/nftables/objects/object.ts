import {
  choice,
  field,
  filterable,
  inKey,
  member,
  message,
  octets,
  readOnly,
  required,
  uint32be,
  uint64be,
  variants,
  type Source,
} from '../../../../codec';
import { wrongValue } from '../../../../errors';
import { NLM_F, type Query, type Request } from '../../../netlink';
import { checkFamily, nfgenmsg, type NftFamily } from '../../netfilter';
import { nftablesQuery, nftablesRequest } from '../nftables';
import { keptBytes, keptRow } from '../user-data';
import { defaultsOfKinds, objectKinds, objectTypes } from './kinds';
import type { NftObject, NftObjectFilter, NftObjectKey, NftObjectOptions } from './object-options';
import { nftName } from '../names';

const NFTA_OBJ = { TABLE: 1, NAME: 2, TYPE: 3, DATA: 4, USE: 5, HANDLE: 6, PAD: 7, USERDATA: 8 } as const;

const fields = {
  family: required(inKey(filterable(member(nfgenmsg, 'family'))), "must be a family such as 'inet'"),
  table: required(inKey(filterable(nftName(NFTA_OBJ.TABLE))), 'must be the name of its table'),
  name: required(inKey(filterable(nftName(NFTA_OBJ.NAME))), 'must be the name of the object'),
  userData: field(NFTA_OBJ.USERDATA, octets),
  handle: readOnly(field(NFTA_OBJ.HANDLE, uint64be)),
  use: readOnly(field(NFTA_OBJ.USE, uint32be)),
} as const;

const type = choice(NFTA_OBJ.TYPE, objectTypes, uint32be);

/** An object, as it is sent, and as the kernel has it. */
const object = message(nfgenmsg, fields, {
  variants: variants({ kind: type, data: NFTA_OBJ.DATA, kinds: objectKinds }),
  ignored: [NFTA_OBJ.PAD],
});

/** What selects objects: their kinds without what these have. */
const selection = message(nfgenmsg, {
  ...fields,
  kind: required(inKey(filterable(type)), "must be a kind of object, such as 'counter'"),
});

/** A list of them; what is absent selects nothing. */
const anySelection = message(nfgenmsg, {
  family: member(nfgenmsg, 'family'),
  table: nftName(NFTA_OBJ.TABLE),
  name: nftName(NFTA_OBJ.NAME),
  kind: type,
});

/** NFT_OBJECT_UNSPEC. */
const ANY_KIND = 0;

/** Asks for an object; one that is there stays as it is. */
export function newObject(options: NftObjectOptions): Request {
  const { comment, userData, ...rest } = options;
  const { family, kind } = rest;
  checkFamily(family);
  const { table, name } = rest;
  const values = { ...(typeof kind === 'string' && defaultsOfKinds[kind]), ...withoutUndefined(rest) };
  return nftablesRequest('NEWOBJ', kind === undefined ? selection : object, {
    flags: NLM_F.CREATE,
    subject: () => subjectOf({ family, table, kind, name }),
    values: { ...values, userData: keptBytes({ comment, userData }) },
  });
}

/** What is undefined would overrule the defaults. */
function withoutUndefined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Asks that an object go. */
export function deleteObject({ family, table, kind, name }: NftObjectKey): Request {
  checkFamily(family);
  return nftablesRequest('DELOBJ', selection, {
    subject: () => subjectOf({ family, table, kind, name }),
    values: { family, table, kind, name },
  });
}

/** Asks for objects. The kernel selects them by all but their name. */
export function listObjects(filter: NftObjectFilter = {}): Query<NftObject> {
  const { name, kind } = filter;
  if (kind === ANY_KIND) throw wrongValue('must be a kind of object: the kernel takes 0 for all', 'kind');
  return {
    ...nftablesQuery('GETOBJ', { ...anySelection, decode: decodeObject }, { values: filter }),
    decode(...place) {
      const row = decodeObject(...place);
      return name === undefined || name === row.name ? row : undefined;
    },
  };
}

/** Asks for an object, and with `reset` that it begin anew. */
export function getObject({ family, table, kind, name }: NftObjectKey, isReset = false): Query<NftObject> {
  checkFamily(family);
  const command = isReset ? 'GETOBJ_RESET' : 'GETOBJ';
  return nftablesQuery(
    command,
    { ...selection, decode: decodeObject },
    { subject: () => subjectOf({ family, table, kind, name }), values: { family, table, kind, name } },
  );
}

function decodeObject(source: Source, start: number, end: number): NftObject {
  const {
    family,
    table = '',
    kind,
    name = '',
    userData,
    handle = 0,
    use = 0,
    ...own
  } = object.decode(source, start, end);
  const place = { family: family as NftFamily, table, kind, name };
  return { ...place, ...own, ...keptRow(userData), handle, use } as NftObject;
}

function subjectOf({ family, table, kind, name }: Partial<NftObjectKey>): string {
  return `${String(kind)} '${String(family)} ${String(table)} ${String(name)}'`;
}

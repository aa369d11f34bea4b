import {
  attributes,
  checkName,
  constant,
  field,
  message,
  numberedList,
  readOnly,
  text,
  u16,
  u32,
  uint32,
  type Decoded,
  type OptionsOf,
  type RowOf,
} from '../../codec';
import { ERRNO } from '../../errno';
import { at } from '../../errors';
import { NETLINK, NLM_F, type Query } from '../netlink';
import { genlmsghdr } from './generic';

/** The family of the families ('nlctrl'), whose number is the same everywhere (GENL_ID_CTRL). */
const CONTROL = { id: 16, version: 1 } as const;
const CTRL_CMD = { GETFAMILY: 3 } as const;
export const CTRL_ATTR = {
  FAMILY_ID: 1,
  FAMILY_NAME: 2,
  VERSION: 3,
  HDRSIZE: 4,
  MAXATTR: 5,
  OPS: 6,
  MCAST_GROUPS: 7,
} as const;
const CTRL_ATTR_OP = { ID: 1, FLAGS: 2 } as const;
const CTRL_ATTR_MCAST_GRP = { NAME: 1, ID: 2 } as const;
const GENL_NAMSIZ = 16;
/** Bytes of the header of generic netlink. */
export const HEADER_SIZE = genlmsghdr.size;

const groupFields = {
  /** Its name: 'monitor'. CTRL_ATTR_MCAST_GRP_NAME. */
  name: constant(text(CTRL_ATTR_MCAST_GRP.NAME, GENL_NAMSIZ - 1), ''),
  /** The number by which a socket joins it. CTRL_ATTR_MCAST_GRP_ID. */
  id: constant(u32(CTRL_ATTR_MCAST_GRP.ID), 0),
} as const;

const operationFields = {
  /** The command. CTRL_ATTR_OP_ID. */
  command: constant(u32(CTRL_ATTR_OP.ID), 0),
  /** Bits of GENL_ADMIN_PERM, GENL_CMD_CAP_DO and others. CTRL_ATTR_OP_FLAGS. */
  flags: constant(field(CTRL_ATTR_OP.FLAGS, uint32), 0),
} as const;

/** A multicast group of a generic netlink family. */
export interface GenericGroup extends Decoded<typeof groupFields> {}

/** A command of a generic netlink family. */
export interface GenericOperation extends Decoded<typeof operationFields> {}

const fields = {
  /** Its name, by which it is found: 'ethtool'. CTRL_ATTR_FAMILY_NAME. */
  name: constant(text(CTRL_ATTR.FAMILY_NAME, GENL_NAMSIZ - 1), ''),
  /** The type of its messages, which the kernel chose when the family was registered. CTRL_ATTR_FAMILY_ID. */
  id: constant(readOnly(u16(CTRL_ATTR.FAMILY_ID)), 0),
  /** The version of its messages. CTRL_ATTR_VERSION. */
  version: readOnly(u32(CTRL_ATTR.VERSION)),
  /** Bytes of its own header, behind that of generic netlink. CTRL_ATTR_HDRSIZE. */
  headerSize: readOnly(u32(CTRL_ATTR.HDRSIZE)),
  /** The highest number of its attributes. CTRL_ATTR_MAXATTR. */
  maxAttribute: readOnly(u32(CTRL_ATTR.MAXATTR)),
  /** Its commands. CTRL_ATTR_OPS. */
  operations: readOnly(numberedList<GenericOperation, never>(CTRL_ATTR.OPS, attributes(operationFields))),
  /** Its multicast groups. CTRL_ATTR_MCAST_GROUPS. */
  groups: readOnly(numberedList<GenericGroup, never>(CTRL_ATTR.MCAST_GROUPS, attributes(groupFields))),
} as const;

const familyMessage = message(genlmsghdr, fields);

/** A family of generic netlink, as the kernel describes it. */
export interface GenericFamily extends RowOf<typeof fields> {}

/** Asks for the families that the kernel has. */
export function listFamilies(): Query<GenericFamily> {
  return { ...asking({}, undefined), flags: NLM_F.DUMP };
}

/** Asks for the family of a name. The kernel loads the module that has it, where it can. */
export function getFamily(name: string): Query<GenericFamily> {
  at('name', () => {
    checkName(name, GENL_NAMSIZ - 1);
  });
  // The kernel does not point at it.
  const hint: Query<GenericFamily>['hint'] = (errno) => (errno === ERRNO.ENOENT ? { property: 'name' } : undefined);
  return { ...asking({ name }, `family '${name}'`), hint };
}

function asking(values: Partial<OptionsOf<typeof fields>>, subject: string | undefined): Query<GenericFamily> {
  return {
    name: 'CTRL_CMD_GETFAMILY',
    protocol: NETLINK.GENERIC,
    type: CONTROL.id,
    flags: 0,
    subject,
    locate: familyMessage.locate,
    decode: familyMessage.decode,
    encode(writer) {
      familyMessage.encode(writer, values, { header: { command: CTRL_CMD.GETFAMILY, version: CONTROL.version } });
    },
  };
}

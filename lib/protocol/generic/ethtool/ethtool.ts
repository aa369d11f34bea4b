import {
  checkSomeLink,
  inside,
  LONGEST_ALTERNATIVE_NAME,
  readOnly,
  required,
  text,
  u32,
  writeOnly,
  type Field,
  type LinkReference,
} from '../../../codec';
import { genericFamily } from '../generic';

/** What `ethtool` speaks: what drivers of links can do. */
export const ethtool = genericFamily('ethtool', 1);

/** Its commands (ETHTOOL_MSG_*). */
export const ETHTOOL_MSG = { STRSET_GET: 1, FEATURES_GET: 11, FEATURES_SET: 12 } as const;

/** Attributes of the header that each message has: its own attribute 1. */
const HEADER = 1;
const ETHTOOL_A_HEADER = { DEV_INDEX: 1, DEV_NAME: 2 } as const;

const index = u32(ETHTOOL_A_HEADER.DEV_INDEX);
const name = text(ETHTOOL_A_HEADER.DEV_NAME, LONGEST_ALTERNATIVE_NAME);

/** A link by its index or name. Here the kernel looks names up itself, alternative ones of any length as well. */
const reference: Field<LinkReference> = {
  ...index,
  numbers: [ETHTOOL_A_HEADER.DEV_INDEX, ETHTOOL_A_HEADER.DEV_NAME],
  encode(writer, value) {
    checkSomeLink(value);
    if (typeof value === 'string') name.encode(writer, value);
    else index.encode(writer, value);
  },
};

/** What the header of each message says. */
export const headerFields = {
  /** The link that it is about. ETHTOOL_A_HEADER_DEV_INDEX, ETHTOOL_A_HEADER_DEV_NAME. */
  device: required(
    writeOnly(inside<LinkReference, LinkReference>([HEADER], reference)),
    'must be the name or index of a link',
  ),
  /** The index of that link. ETHTOOL_A_HEADER_DEV_INDEX. */
  index: readOnly(inside([HEADER], index)),
  /** Its name. ETHTOOL_A_HEADER_DEV_NAME. */
  name: readOnly(inside([HEADER], name)),
} as const;

/** "link 'eth0'". */
export function subjectOf(device: LinkReference): string {
  return typeof device === 'string' ? `link '${device}'` : `link ${String(device)}`;
}

import type { LinkReference, LinkSlot } from '../codec';
import { ifinfomsg } from './link-header';
import { portProperties } from './link-ports';
import type { Request } from './netlink';
import { RTM } from './rtnetlink';

// Whether a link is a port of the master that options of a port are for. The kernel does not ask; without these refusals it would take
// a bond's options for a bridge's.

const AF_BRIDGE = 7;
const EOPNOTSUPP = 95;
const ERANGE = 34;

/** A message that changes nothing, and that the kernel takes only of a port of a bridge. */
export function requireBridge(device: LinkReference | LinkSlot, subject: Request['subject']): Request {
  return {
    name: 'RTM_SETLINK',
    type: RTM.SETLINK,
    flags: 0,
    subject,
    hint: hintOf('bridgePort', [EOPNOTSUPP]),
    encode(writer) {
      ifinfomsg.encode(writer, { family: AF_BRIDGE, index: device as LinkReference });
    },
  };
}

/** What is said where a message has options of a port, and the kernel refuses those since the link's master is none that has them. */
export function ofOtherMaster(options: object): Request['hint'] {
  const property = portProperties.find((name) => (options as Readonly<Record<string, unknown>>)[name] !== undefined);
  return property === undefined ? undefined : hintOf(property, [EOPNOTSUPP, ERANGE]);
}

function hintOf(property: string, errors: readonly number[]): Request['hint'] {
  const kind = property === 'masterPort' ? 'master of that kind' : property.replace('Port', '');
  const text = `the link is no port of a ${kind}`;
  return (errno) => (errors.includes(errno) ? { property, text } : undefined);
}

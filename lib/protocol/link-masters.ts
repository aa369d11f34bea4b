import type { LinkReference, LinkSlot } from '../codec';
import { ERRNO } from '../errno';
import { ifinfomsg } from './link-header';
import { portProperties } from './link-ports';
import { ofUnknownIndex, type Request } from './netlink';
import { RTM } from './rtnetlink';

// Whether a link is a port of the master that its port options are for. The kernel does not check this; without these
// refusals it would take a bond's options as a bridge's.

const AF_BRIDGE = 7;

/** A message that changes nothing, and which the kernel accepts only for a port of a bridge. */
export function requireBridge(device: LinkReference | LinkSlot, subject: Request['subject']): Request {
  return {
    name: 'RTM_SETLINK',
    type: RTM.SETLINK,
    flags: 0,
    subject,
    hint: (...refusal) => ofNoBridge?.(...refusal) ?? ofUnknownIndex(device)?.(...refusal),
    encode(writer) {
      ifinfomsg.encode(writer, { family: AF_BRIDGE, index: device as LinkReference });
    },
  };
}

/** The hint for port options that the kernel refused because the link's master is not of that kind. */
export function ofOtherMaster(options: object): Request['hint'] {
  const property = portProperties.find((name) => (options as Readonly<Record<string, unknown>>)[name] !== undefined);
  return property === undefined ? undefined : hintOf(property, [ERRNO.EOPNOTSUPP, ERRNO.ERANGE]);
}

function hintOf(property: string, errors: readonly number[]): Request['hint'] {
  const kind = property === 'masterPort' ? 'master of that kind' : property.replace('Port', '');
  const text = `the link is no port of a ${kind}`;
  return (errno) => (errors.includes(errno) ? { property, text } : undefined);
}

const ofNoBridge = hintOf('bridgePort', [ERRNO.EOPNOTSUPP]);

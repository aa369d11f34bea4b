import { ethernetAddressType, returnWriter, takeWriter } from '../codec';
import { at, show, wrongValue } from '../errors';
import { packages } from '../packages';
import { linkKindOf } from './link-info';

// The kernel refuses a link-layer address that is shorter than the link's, and silently cuts a longer one. The right
// length follows from the link layer: all declared kinds are Ethernet.

/** The properties that have one. */
export const addressProperties = ['address', 'broadcast'] as const;

export type Addressed = Partial<Record<'kind' | (typeof addressProperties)[number], unknown>>;

/** A bond has the link layer of its ports, which may be infiniband, with addresses of 20 bytes. */
const ofItsPorts: ReadonlySet<unknown> = new Set(['bond']);

/** Throws for addresses of a new link that do not have the length for its kind. */
export function checkNewAddresses(options: object): void {
  const { kind } = options as Addressed;
  if (linkKindOf(kind) !== undefined) checkEthernet(options);
}

/**
 * Throws for addresses that a change cannot set: for a declared kind those that are not Ethernet addresses, and IP
 * addresses, which only some tunnels have, unless the change says that the link is one. The length for other links is
 * not known here.
 */
export function checkChangedAddresses(changes: object): void {
  const { kind } = changes as Addressed;
  const isDeclared = typeof kind === 'string' && linkKindOf(kind) !== undefined;
  if (isDeclared && !ofItsPorts.has(kind)) checkEthernet(changes);
  else if (kind === undefined || isDeclared) refuseIp(changes, kind);
}

function checkEthernet(options: Addressed): void {
  for (const property of addressProperties) {
    const value = options[property];
    if (value === undefined) continue;
    const writer = takeWriter();
    try {
      at(property, () => {
        ethernetAddressType.encode(writer, value as string);
      });
    } finally {
      returnWriter(writer);
    }
  }
}

export const OCTETS = /^[0-9a-f]{2}(:[0-9a-f]{2})*$/i;

function refuseIp(changes: Addressed, kind: unknown): void {
  for (const property of addressProperties) {
    const value = changes[property];
    if (typeof value !== 'string' || OCTETS.test(value) || packages.net.isIP(value) === 0) continue;
    const advice = kind === undefined ? ', and `kind` does not say that this is one' : '';
    throw wrongValue(`is an IP address, as some tunnels have${advice}: ${show(value)}`, property);
  }
}

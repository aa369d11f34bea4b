import { ethernetAddress, message, type Encodable, type LinkReference, type WriteOnlyField, writeOnly } from '../codec';
import { IFLA, ignoredLinkAttributes, linkFields } from './link-attributes';
import { changedSwitches, ifinfomsg } from './link-header';
import type { LinkPortOptions } from './link-kinds/types';
import type { NamespaceTarget } from './namespace-reference';

/**
 * The other end of a pair, with the properties of every link. It is made in `namespace`, or where the request is sent.
 */
export interface LinkPeer extends LinkPortOptions, Encodable<typeof linkFields> {
  /** Its master, in its own namespace. */
  master?: LinkReference | null | undefined;
  /** Where it is made; in the namespace of the first end by default. IFLA_NET_NS_FD, IFLA_NET_NS_PID. */
  namespace?: NamespaceTarget | undefined;
}

// Properties that a peer cannot have while it is made are set by a message of their own.
const { up, master, alternativeNames, addressGenerationMode, ipv6Token, inet, inet6, ...fieldsAtOnce } = {
  ...linkFields,
  ...changedSwitches,
};
const later = { up, master, alternativeNames, addressGenerationMode, ipv6Token, inet, inet6 };
const laterNumbers = Object.values(later).flatMap(({ numbers }) => numbers);
// A pair is Ethernet.
const ethernet = { address: ethernetAddress(IFLA.ADDRESS), broadcast: ethernetAddress(IFLA.BROADCAST) };
const peerMessage = message(
  ifinfomsg,
  { ...fieldsAtOnce, ...ethernet },
  { ignored: [...ignoredLinkAttributes, ...laterNumbers] },
);
const elsewhere: ReadonlySet<string> = new Set(Object.keys(later));

/** The field of a pair's other end: a link's message inside the attribute. */
export function linkPeer(number: number): WriteOnlyField<LinkPeer> {
  return writeOnly({
    numbers: [number],
    encode(writer, peer: LinkPeer) {
      const start = writer.beginAttribute(number);
      peerMessage.encode(writer, peer, { elsewhere });
      writer.endAttribute(start);
    },
    // Only in captured requests; the kernel does not report it.
    decode: (source, start, end) => peerMessage.decode(source, start, end),
    locate: (source, start, end, offset) => peerMessage.locate(source, start, end, offset),
  });
}

import {
  attributes,
  headed,
  type Encodable,
  type LinkReference,
  type NamespaceReference,
  type WriteOnlyField,
  writeOnly,
} from '../codec';
import { checkIsObject } from '../errors';
import { ignoredLinkAttributes, linkFields } from './link-attributes';
import { headerProperties, ifinfomsg, peerHeader, type LinkSwitches } from './link-header';
import type { ProcessReference } from './namespace-reference';

/** The other end of a pair: what every link has. It is made in `namespace`, or where the request is sent. */
export interface LinkPeer extends Encodable<typeof linkFields>, LinkSwitches {
  /** The index that it shall have; the next free one by default. */
  index?: number | undefined;
  /** Its master, in its own namespace. */
  master?: LinkReference | null | undefined;
  namespace?: NamespaceReference | ProcessReference | undefined;
}

// What a peer cannot have while it is made, nor can it be up: that is asked for in a message of its own.
const { master, addressGenerationMode, ipv6Token, inet, inet6, ...fieldsAtOnce } = linkFields;
const laterNumbers = [...master.numbers, ...addressGenerationMode.numbers];
const peerMessage = headed(ifinfomsg, attributes(fieldsAtOnce, [...ignoredLinkAttributes, ...laterNumbers]));
const elsewhere: ReadonlySet<string> = new Set([
  ...headerProperties,
  ...['master', 'addressGenerationMode', 'ipv6Token', 'inet', 'inet6'],
]);

/** The field of a pair's other end: a link's message within. */
export function linkPeer(number: number): WriteOnlyField<LinkPeer> {
  return writeOnly({
    numbers: [number],
    encode(writer, peer: LinkPeer) {
      checkIsObject(peer);
      const start = writer.beginAttribute(number);
      peerMessage.encode(writer, peerHeader(peer.index, peer), peer, elsewhere);
      writer.endAttribute(start);
    },
    locate: (source, start, end, offset) => peerMessage.locate(source, start, end, offset),
  });
}

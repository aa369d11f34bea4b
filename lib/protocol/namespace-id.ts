import {
  attributes,
  checkInteger,
  headed,
  pad,
  s32,
  struct,
  uint8,
  type NamespaceReference,
  type Source,
} from '../codec';
import { at, wrongType } from '../errors';
import { namespaceReference, type ProcessReference } from './namespace-reference';
import { NLM_F, type Query, type Request } from './netlink';
import { RTM } from './rtnetlink';

const NETNSA = { NSID: 1, PID: 2, FD: 3 } as const;

/** What the kernel answers for a namespace that has no id. */
export const NO_NAMESPACE_ID = -1;

export const namespaceIdMessage = headed(
  struct({ family: uint8, pad: pad(3) }),
  attributes({
    id: s32(NETNSA.NSID),
    namespace: namespaceReference(NETNSA.FD, NETNSA.PID),
  }),
);
const locate = namespaceIdMessage.locate.bind(namespaceIdMessage);

/** A namespace that another refers to, in links' `linkNamespaceId` for one. */
export interface NamespaceId {
  /** The number by which the namespace that was asked knows it. NETNSA_NSID. */
  id: number;
}

/** Asks by which id this namespace knows another: {@link NO_NAMESPACE_ID} for none. */
export function getNamespaceId(namespace: NamespaceReference | ProcessReference): Query<number> {
  checkGiven(namespace);
  return {
    name: 'RTM_GETNSID',
    type: RTM.GETNSID,
    flags: 0,
    locate,
    decode: decodeNamespaceId,
    encode: (writer) => {
      namespaceIdMessage.encode(writer, {}, { namespace });
    },
  };
}

/** Asks for the ids that this namespace has given. */
export function listNamespaceIds(): Query<NamespaceId> {
  return {
    name: 'RTM_GETNSID',
    type: RTM.GETNSID,
    flags: NLM_F.DUMP,
    locate,
    decode: (source, start, end) => ({ id: decodeNamespaceId(source, start, end) }),
    encode: (writer) => {
      namespaceIdMessage.encode(writer, {}, {});
    },
  };
}

/** Asks that this namespace know another by an id; the next free one by default. */
export function newNamespaceId(namespace: NamespaceReference | ProcessReference, id: number | undefined): Request {
  checkGiven(namespace);
  at('id', () => {
    if (id !== undefined) checkInteger(id, 0, 0x7ffffffe);
  });
  return {
    name: 'RTM_NEWNSID',
    type: RTM.NEWNSID,
    flags: 0,
    subject: id === undefined ? undefined : `namespace id ${String(id)}`,
    locate,
    encode(writer) {
      namespaceIdMessage.encode(writer, {}, { id: id ?? NO_NAMESPACE_ID, namespace });
    },
  };
}

/** Decodes the message of a namespace's id. */
export function decodeNamespaceId(source: Source, start: number, end: number): number {
  return namespaceIdMessage.decode(source, start, end).id ?? NO_NAMESPACE_ID;
}

/** An absent property would only be left out of the message. */
function checkGiven(namespace: unknown): void {
  if (namespace === undefined) throw wrongType('must be a NetworkNamespace or { pid }, not undefined', 'namespace');
}

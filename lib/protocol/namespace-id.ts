import { checkInteger, constant, message, pad, required, s32, struct, uint8, type RowOf, type Source } from '../codec';
import { at } from '../errors';
import { MUST_BE, namespaceReference, type NamespaceTarget } from './namespace-reference';
import { NLM_F, type Query, type Request } from './netlink';
import { RTM } from './rtnetlink';

const NETNSA = { NSID: 1, PID: 2, FD: 3 } as const;

/** The kernel's answer for a namespace that has no id. */
export const NO_NAMESPACE_ID = -1;

const fields = {
  /** The id by which the asked namespace knows it. NETNSA_NSID. */
  id: constant(s32(NETNSA.NSID), NO_NAMESPACE_ID),
  /** The other namespace. NETNSA_FD, NETNSA_PID. */
  namespace: required(namespaceReference(NETNSA.FD, NETNSA.PID), MUST_BE),
} as const;

export const namespaceIdMessage = message(struct({ family: uint8, pad: pad(3) }), fields);
const locate = namespaceIdMessage.locate.bind(namespaceIdMessage);

/** A namespace that another refers to, in links' `linkNamespaceId` for one. */
export interface NamespaceId extends RowOf<typeof fields> {}

/** The request for the id by which this namespace knows another: {@link NO_NAMESPACE_ID} for none. */
export function getNamespaceId(namespace: NamespaceTarget): Query<number> {
  return {
    name: 'RTM_GETNSID',
    type: RTM.GETNSID,
    flags: 0,
    locate,
    decode: (...place) => namespaceIdMessage.decode(...place).id,
    encode(writer) {
      namespaceIdMessage.encode(writer, { namespace });
    },
  };
}

/** The request for all ids that this namespace has assigned. */
export function listNamespaceIds(): Query<NamespaceId> {
  return {
    name: 'RTM_GETNSID',
    type: RTM.GETNSID,
    flags: NLM_F.DUMP,
    locate,
    decode: decodeNamespaceId,
    encode(writer) {
      namespaceIdMessage.encode(writer, {}, { only: nothing });
    },
  };
}

const nothing = new Set<string>();

/** The request to assign an id to another namespace; the next free one by default. */
export function newNamespaceId(namespace: NamespaceTarget, id: number | undefined): Request {
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
      namespaceIdMessage.encode(writer, { id: id ?? NO_NAMESPACE_ID, namespace });
    },
  };
}

/** Decodes the message of a namespace's id. */
export function decodeNamespaceId(source: Source, start: number, end: number): NamespaceId {
  return namespaceIdMessage.decode(source, start, end);
}

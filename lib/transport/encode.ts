import { hostOrder, type Writer } from '../codec';
import { NamespaceError } from '../errors';
import { HEADER_SIZE, NLM_F, type Request } from '../protocol/netlink';

const EAGAIN = 11;

/** What is written besides a request itself. */
export interface MessageHeader {
  sequence: number;
  /** NLM_F.ACK, or 0. */
  acknowledgement: number;
  /** Whether namespaces that do not exist yet may be named, since the request goes out behind their creation. */
  namesNew: boolean;
}

/**
 * Writes a request's message behind those before it and answers where it begins. Throws, and leaves nothing, if it cannot be
 * encoded.
 */
export function writeMessage(writer: Writer, request: Request, header: MessageHeader): number {
  const start = writer.position;
  const { length: linkNames } = writer.linkNames;
  const { length: references } = writer.references;
  const { length: namespaces } = writer.namespaces;
  try {
    writer.reserve(HEADER_SIZE);
    request.encode(writer);
    if (!header.namesNew && writer.namespaces.length > namespaces) throw notYetMade();
  } catch (error) {
    writer.truncate(start, linkNames, references, namespaces);
    throw error;
  }
  const { view } = writer;
  view.setUint32(start, writer.position - start, hostOrder);
  view.setUint16(start + 4, request.type, hostOrder);
  view.setUint16(start + 6, request.flags | NLM_F.REQUEST | header.acknowledgement, hostOrder);
  renumber(writer, start, header.sequence);
  writer.align();
  return start;
}

/** Gives the message that begins at `start` a sequence number. */
export function renumber({ view }: Writer, start: number, sequence: number): void {
  view.setUint32(start + 8, sequence, hostOrder);
}

function notYetMade(): Error {
  return new NamespaceError({ errno: EAGAIN, syscall: 'use', where: 'a new namespace' });
}

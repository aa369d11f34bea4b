import { hostOrder, type Writer } from '../codec';
import { ERRNO } from '../errno';
import { NamespaceError } from '../errors';
import { HEADER_SIZE, NLM_F, type Request } from '../protocol/netlink';
import { inNewNamespace } from '../where';

/** The parts of a message that do not come from its request. */
export interface MessageHeader {
  sequence: number;
  /** NLM_F.ACK, or 0. */
  acknowledgement: number;
  /**
   * For a namespace that is still being made, given the addon's handle: whether the request is sent after its creation.
   */
  isBehind?: ((namespace: number) => boolean) | undefined;
}

/**
 * Writes a request's message after those before it, and returns where it begins. Throws, and writes nothing, if it
 * cannot be encoded.
 */
export function writeMessage(writer: Writer, request: Request, header: MessageHeader): number {
  const { position: start } = writer;
  // Not a mark: that would be an object for each message.
  const { length: linkNames } = writer.linkNames;
  const { length: references } = writer.references;
  const { length: namespaces } = writer.namespaces;
  const { length: notes } = writer.notes;
  try {
    writer.reserve(HEADER_SIZE);
    request.encode(writer);
    for (let index = namespaces; index < writer.namespaces.length; index++) {
      if (header.isBehind?.(writer.namespaces[index]!.handle) !== true) throw notYetMade();
    }
  } catch (error) {
    writer.truncate({ position: start, linkNames, references, namespaces, notes });
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
  return new NamespaceError({ errno: ERRNO.EAGAIN, syscall: 'use', where: inNewNamespace(undefined) });
}

import { checkInteger, u32, uint32, writeOnly, type NamespaceReference, type WriteOnlyField } from '../codec';
import { show, at, wrongType } from '../errors';

const ATTRIBUTE_HEADER_SIZE = 4;

/** A process whose network namespace is meant. */
export interface ProcessReference {
  /** The number of the process. */
  pid: number;
}

/** A descriptor of a network namespace, which stays its owner's. */
export interface DescriptorReference {
  /** The number of the descriptor. */
  fd: number;
}

/** Throws unless a value names a namespace: one that is open, or that of a process. */
export function checkNamespaceReference(value: unknown): asserts value is NamespaceReference | ProcessReference {
  if (typeof value !== 'object' || value === null || !('retain' in value || 'pid' in value)) {
    throw wrongType(`must be a NetworkNamespace or { pid }, not ${show(value)}`);
  }
  if ('retain' in value) return;
  at('pid', () => {
    checkInteger(value.pid, 1, 0x7fffffff);
  });
}

/** The field of a namespace that a request names: the fd of one that is open, or a process in it. */
export function namespaceReference(
  numberOfFd: number,
  numberOfPid: number,
): WriteOnlyField<NamespaceReference | ProcessReference> {
  return writeOnly({
    numbers: [numberOfFd, numberOfPid],
    encode(writer, value: NamespaceReference | ProcessReference) {
      checkNamespaceReference(value);
      if ('retain' in value) {
        const fd = value.retain();
        writer.references.push(value);
        const { beingMade: handle } = value;
        if (handle !== undefined) writer.namespaces.push({ offset: writer.position + ATTRIBUTE_HEADER_SIZE, handle });
        u32(numberOfFd).encode(writer, fd);
        return;
      }
      u32(numberOfPid).encode(writer, value.pid);
    },
    /** Of a captured request: the fd that its sender had, or the process. */
    decode: (source, start, end, number) => {
      const value = uint32.decode(source, start, end);
      return number === numberOfFd ? { fd: value } : { pid: value };
    },
  });
}

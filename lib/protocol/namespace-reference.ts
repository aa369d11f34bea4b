import {
  checkInteger,
  checkName,
  u32,
  uint32,
  writeOnly,
  type NamespaceReference,
  type WriteOnlyField,
} from '../codec';
import { at, show, wrongType, wrongValue } from '../errors';

const ATTRIBUTE_HEADER_SIZE = 4;
const MOST = 0x7fffffff;
const LONGEST_NAME = 255;

/** A process, which stands for its network namespace. */
export interface ProcessReference {
  /** The number of the process. */
  pid: number;
}

/**
 * A process, which stands for its network namespace, by a descriptor of the process (pidfd_open). The caller keeps the
 * descriptor.
 */
export interface PidfdReference {
  /** The number of the descriptor. */
  pidfd: number;
}

/** A descriptor of a network namespace. The caller keeps it. */
export interface DescriptorReference {
  /** The number of the descriptor. */
  fd: number;
}

/** What identifies a namespace: two handles are of the same one if both numbers are equal. */
export interface NamespaceIdentity {
  /** Device of the namespace's file. */
  readonly device: number;
  /** Inode of the namespace's file: the number in 'net:[4026531840]'. */
  readonly inode: number;
}

/** A namespace that was found, and a file by which it can be opened. */
export interface NamespaceInfo extends NamespaceIdentity {
  /** Its name, if it has one. */
  name?: string | undefined;
  /** A file that leads to it: '/run/netns/blue', '/proc/4711/ns/net'. */
  path: string;
}

/**
 * A namespace, in any form: an open one, a name ('blue'), a path (which has a '/'), a process by its number or by a
 * descriptor of it, a descriptor of the namespace, or a result of `listNamespaces`, `namespaceOfProcess` or
 * `links.peer`. Such a result is refused with ESTALE if its path leads to another namespace by now.
 */
export type NamespaceTarget =
  NamespaceReference | string | ProcessReference | PidfdReference | DescriptorReference | NamespaceInfo;

/** The forms in which a namespace is given. */
export const MUST_BE = 'must be a NetworkNamespace, a name, a path, { pid }, { pidfd } or { fd }';

/** Whether a value is, or looks like, an open namespace. */
export function isOpenNamespace(target: object): target is NamespaceReference {
  return 'retain' in target && typeof target.retain === 'function';
}

/** Throws unless a value names a namespace. With the name of an argument, that is the property of errors about it as a whole. */
export function checkNamespaceTarget(value: unknown, argument?: string): asserts value is NamespaceTarget {
  if (typeof value === 'string') {
    checkNameOrPath(value, argument);
    return;
  }
  if (typeof value !== 'object' || value === null) throw wrongType(`${MUST_BE}, not ${show(value)}`, argument);
  if (isOpenNamespace(value)) return;
  checkOneWay(value, argument);
  if ('path' in value) checkInfo(value);
  else if ('pid' in value) checkNumber('pid', value.pid, 1);
  else if ('pidfd' in value) checkNumber('pidfd', value.pidfd, 0);
  else if ('fd' in value) checkNumber('fd', value.fd, 0);
  else throw wrongType(`${MUST_BE}, not ${show(value)}`, argument);
}

/** What an object names a namespace by. */
const ways = ['path', 'pid', 'pidfd', 'fd'] as const;

function checkOneWay(value: object, argument: string | undefined): void {
  const [one, another] = ways.filter((way) => way in value);
  if (another !== undefined) throw wrongValue(`must have either ${one!} or ${another}, not ${show(value)}`, argument);
}

/** Throws unless a value can name a namespace: a file name of at most 255 bytes. */
export function checkFileName(name: unknown): asserts name is string {
  checkName(name, LONGEST_NAME);
  if (name === '.' || name === '..') throw wrongValue(`must be a file name, not ${show(name)}`);
  if ((name as string).includes('/')) throw wrongValue(`must not contain '/': ${show(name)}`);
}

function checkNameOrPath(value: string, argument: string | undefined): void {
  const check = value.includes('/') ? checkPath : checkFileName;
  if (argument === undefined) check(value);
  else
    at(value.includes('/') || value === '' ? argument : 'name', () => {
      check(value);
    });
}

const LONGEST_PATH = 4095;

function checkPath(value: unknown): void {
  checkName(value, LONGEST_PATH);
}

function checkInfo(value: object & { path: unknown }): void {
  at('path', () => {
    checkPath(value.path);
  });
  const { device, inode } = value as Partial<NamespaceInfo>;
  if (device === undefined && inode === undefined)
    throw wrongType(
      `must be said beside 'path', as listNamespaces() does: a path alone is the text ${show(value.path)}`,
      'device',
    );
  checkNumber('device', device, 0, Number.MAX_SAFE_INTEGER);
  checkNumber('inode', inode, 1, Number.MAX_SAFE_INTEGER);
}

function checkNumber(property: string, value: unknown, least: number, most = MOST): void {
  at(property, () => {
    checkInteger(value, least, most);
  });
}

/**
 * The field for a namespace in a request: the descriptor of an open one, or a process in it. Other forms are opened
 * before a request is encoded.
 */
export function namespaceReference(numberOfFd: number, numberOfPid: number): WriteOnlyField<NamespaceTarget> {
  return writeOnly({
    numbers: [numberOfFd, numberOfPid],
    encode(writer, value: NamespaceTarget) {
      checkNamespaceTarget(value);
      if (typeof value === 'object' && isOpenNamespace(value)) {
        const fd = value.retain();
        writer.references.push(value);
        const { beingMade: handle } = value;
        if (handle !== undefined) writer.namespaces.push({ offset: writer.position + ATTRIBUTE_HEADER_SIZE, handle });
        u32(numberOfFd).encode(writer, fd);
      } else if (typeof value === 'object' && 'pid' in value) {
        u32(numberOfPid).encode(writer, value.pid);
      } else if (typeof value === 'object' && 'fd' in value) {
        u32(numberOfFd).encode(writer, value.fd);
      } else {
        throw wrongValue(`has no descriptor, which a message needs: give a NetworkNamespace, { pid } or { fd }`);
      }
    },
    /** In a captured request: the descriptor of its sender, or the process. */
    decode: (source, start, end, number) => {
      const value = uint32.decode(source, start, end);
      return number === numberOfFd ? { fd: value } : { pid: value };
    },
  });
}

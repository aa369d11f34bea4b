import type { Capability } from '../capabilities';
import { hostOrder, sourceOf } from '../codec';
import { errorName } from '../errno';
import { NamespaceError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import type { FileRoot } from '../native';
import type { Outcome } from '../transport/runtime';

/** A file of a namespace: one of the directories that each namespace has of its own, and the path below it. */
export interface FilePlace {
  root: FileRoot;
  /** Empty for the root itself. */
  path: string;
}

/** How errors describe a file, and what a failure to use it means. */
export interface Meaning {
  subject: string;
  needs?: Capability;
  /** Why it failed, where more is known than the error number says. */
  explain?: (code: string, syscall: string) => string | undefined | Promise<string | undefined>;
}

export interface DirectoryRecord {
  name: string;
  type: FileType;
  /** Why it was not read; 0 if it was. */
  errno: number;
  content: Uint8Array;
}

/** What an entry of a directory is. */
export type FileType = 'file' | 'directory' | 'link' | 'other';

/** More than the largest tables of connections and routes; a larger file is refused rather than truncated. */
export const LARGEST_FILE = 64 << 20;
/** The settings of ten thousand devices take a tenth of it. */
const LARGEST_TREE = 1 << 30;

/** The content of a file. Rejects with EFBIG if it is more than `limit` bytes. */
export async function readFile(
  handle: NamespaceHandle,
  { root, path }: FilePlace,
  limit: number,
  meaning: Meaning,
): Promise<Uint8Array> {
  const outcome = await handle.inOrder((addon, id, namespace, trip) => {
    addon.readFile(id, namespace, root, path, limit, trip);
  });
  return contentOf(await succeedOrExplain(outcome, handle, meaning));
}

/** Writes files of one root in one visit, in order, until one fails; `meaningOf` describes the n-th. */
export async function writeFiles(
  handle: NamespaceHandle,
  root: FileRoot,
  files: readonly (readonly [path: string, content: Uint8Array])[],
  meaningOf: (index: number) => Meaning,
): Promise<void> {
  const records = encodeRecords(files);
  const outcome = await handle.inOrder((addon, id, namespace, trip) => {
    addon.writeFiles(id, namespace, root, records, trip);
  });
  if (outcome.errno === 0) return;
  const { view } = sourceOf(contentOf(outcome));
  const written = view.byteLength < 4 ? 0 : view.getUint32(0, hostOrder);
  await succeedOrExplain(outcome, handle, meaningOf(written));
}

/** The entries of a directory; with `deep` all files in and below it, by path, with their contents. */
export async function readDirectory(
  handle: NamespaceHandle,
  { root, path }: FilePlace,
  deep: boolean,
  meaning: Meaning,
): Promise<DirectoryRecord[]> {
  const outcome = await handle.inOrder((addon, id, namespace) => {
    addon.readDirectory(id, namespace, root, path, deep, LARGEST_TREE);
  });
  return decodeRecords(contentOf(await succeedOrExplain(outcome, handle, meaning)));
}

const DT_DIR = 4;
const DT_REG = 8;
const DT_LNK = 10;
const types: Readonly<Record<number, FileType>> = { [DT_REG]: 'file', [DT_DIR]: 'directory', [DT_LNK]: 'link' };

function encodeRecords(files: readonly (readonly [path: string, content: Uint8Array])[]): Uint8Array {
  const pieces = files.flatMap(([path, content]) => {
    const name = Buffer.from(path);
    const sizes = new DataView(new ArrayBuffer(8));
    sizes.setUint32(0, name.length, hostOrder);
    sizes.setUint32(4, content.length, hostOrder);
    return [new Uint8Array(sizes.buffer), name, content];
  });
  return Buffer.concat(pieces);
}

function decodeRecords(records: Uint8Array): DirectoryRecord[] {
  const { view } = sourceOf(records);
  const decoded: DirectoryRecord[] = [];
  for (let at = 0; at < records.length;) {
    const nameEnd = at + 16 + view.getUint32(at, hostOrder);
    const end = nameEnd + view.getUint32(at + 12, hostOrder);
    decoded.push({
      name: textOf(records.subarray(at + 16, nameEnd)),
      type: types[view.getUint32(at + 4, hostOrder)] ?? 'other',
      errno: view.getUint32(at + 8, hostOrder),
      content: records.subarray(nameEnd, end),
    });
    at = end;
  }
  return decoded.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const decoder = new TextDecoder();

/** Bytes as text; what is not UTF-8 becomes U+FFFD. */
export function textOf(content: Uint8Array): string {
  return decoder.decode(content);
}

function contentOf({ data }: Outcome): Uint8Array {
  return data === undefined ? new Uint8Array() : new Uint8Array(data);
}

/** The outcome of a success; throws a NamespaceError otherwise. */
async function succeedOrExplain(outcome: Outcome, handle: NamespaceHandle, meaning: Meaning): Promise<Outcome> {
  const { errno, call: syscall = 'unknown' } = outcome;
  if (errno === 0) return outcome;
  const code = errorName(errno);
  const { subject, needs, explain } = meaning;
  const ofFile = syscall === 'openat2' || syscall === 'read' || syscall === 'write';
  const reason = ofFile ? ((await explain?.(code, syscall)) ?? common(code, syscall)) : undefined;
  const { where } = handle;
  throw new NamespaceError({ errno, syscall, where, subject, reason, needs: ofFile ? needs : undefined });
}

function common(code: string, syscall: string): string | undefined {
  if (code === 'EMSGSIZE' && syscall === 'write') return 'the kernel took only the beginning of it';
  if (code === 'EXDEV' && syscall === 'openat2') return 'leads out of the files of the namespace';
  return undefined;
}

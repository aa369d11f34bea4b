import { types } from 'node:util';

import { checkInteger, checkText } from '../codec';
import { at, show, wrongType, wrongValue } from '../errors';
import { FileRoot } from '../native';
import {
  LARGEST_FILE,
  readDirectory,
  readFile,
  textOf,
  writeFiles,
  type FileType,
  type FilePlace,
} from '../files/namespace-files';
import { checkedOptions, type Checks } from '../options';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';

/** How to read a file. */
export interface ReadOptions {
  /** The most bytes to read; 64 MiB by default. Rejects with EFBIG where the file has more. */
  limit?: number | undefined;
}

const readOptions: Checks<ReadOptions> = {
  limit(value) {
    checkInteger(value, 0, 2 ** 31 - 1);
  },
};

/** An entry of a directory. */
export interface FileEntry {
  /** Its name in the directory. */
  name: string;
  /** What it is. */
  type: FileType;
}

/**
 * The files that each namespace has of its own: /proc/net, /proc/sys/net and /sys/class/net, with what their links lead
 * to. Paths are absolute; other paths are refused, since those files are the same in every namespace. Files in /sys
 * need CAP_SYS_ADMIN.
 */
export class FileCollection extends Collection {
  /**
   * The text of a file, as the namespace sees it. Rejects with ENOENT, EACCES, EFBIG, or with an error of the file's
   * driver.
   */
  read(path: string, options?: ReadOptions): Promise<string> {
    return asked(() => this.contentOf(path, options).then(textOf));
  }

  /** The content of a file that is not text. */
  readBytes(path: string, options?: ReadOptions): Promise<Uint8Array> {
    return asked(() => this.contentOf(path, options));
  }

  private contentOf(path: string, options: ReadOptions = {}): Promise<Uint8Array> {
    const place = filePlace(path);
    const { limit = LARGEST_FILE } = checkedOptions(options, readOptions, '{ limit: 1024 }');
    return readFile(this.handle, place, limit, {
      subject: fileSubject(path),
      explain(code, syscall) {
        if (syscall !== 'read') return undefined;
        if (code === 'EFBIG') return `it has more than ${limit} bytes`;
        const isOfLink = code === 'EINVAL' && place.root === FileRoot.classNet;
        return isOfLink ? 'it has no value, as some files have none of a link that is down' : undefined;
      },
    });
  }

  /** Writes a file with a single write(2). Rejects with the kernel's error: EINVAL, ERANGE, EACCES. */
  write(path: string, content: string | Uint8Array): Promise<void> {
    return asked(() => {
      const place = filePlace(path);
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      if (!types.isUint8Array(bytes)) {
        throw wrongType(`must be a string or a Uint8Array, not ${show(content)}`, 'content');
      }
      if (bytes.length === 0) throw wrongValue('must not be empty', 'content');
      return writeFiles(this.handle, place.root, [[place.path, bytes]], () => ({
        subject: fileSubject(path),
        explain: (code, syscall) =>
          code === 'EINVAL' && syscall === 'write' ? 'the kernel does not take this content' : undefined,
      }));
    });
  }

  /** The entries of a directory, sorted by name. Rejects with ENOENT, and with ENOTDIR for a file. */
  list(path: string): Promise<FileEntry[]> {
    return askedLater(async () => {
      const entries = await readDirectory(this.handle, filePlace(path), false, { subject: fileSubject(path) });
      return entries.map(({ name, type }) => ({ name, type }));
    });
  }
}

const roots: Readonly<Record<string, FileRoot>> = {
  '/proc/net': FileRoot.procNet,
  '/proc/sys/net': FileRoot.sysctl,
  '/sys/class/net': FileRoot.classNet,
};
const LONGEST_PATH = 4000;

function filePlace(path: unknown): FilePlace {
  return at('path', () => {
    checkText(path, LONGEST_PATH);
    const given = path as string;
    const found = Object.entries(roots).find(([root]) => given === root || given.startsWith(`${root}/`));
    if (found === undefined) {
      const own = Object.keys(roots).join(', ');
      throw wrongValue(`must be below one of ${own} (others are no namespace's own, use node:fs), not ${show(given)}`);
    }
    const [root, number] = found;
    const parts = given.slice(root.length + 1).split('/');
    if (parts.length > 1 && parts.at(-1) === '') parts.pop();
    if (parts.includes('..') || parts.includes('.') || (parts.length > 1 && parts.includes(''))) {
      throw wrongValue(`must not have '.', '..' or empty parts: ${show(given)}`);
    }
    return { root: number, path: parts.join('/') };
  });
}

function fileSubject(path: string): string {
  return `file '${path}'`;
}

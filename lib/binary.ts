import fs from 'node:fs';
import path from 'node:path';

/**
 * Which of the package's binaries fits this process, and where it is. Chosen before anything is loaded: a wrong one may not just fail, and
 * what its loader says ('invalid ELF header') tells nobody what to do.
 */

/** The C libraries that there are binaries for. */
export type Libc = 'glibc' | 'musl';

/** Throws on other systems than Linux. */
export function checkSystem(): void {
  if (process.platform === 'linux') return;
  const error = new Error(`rtnetlink is for Linux, whose kernel it speaks to; this is ${process.platform}`);
  throw Object.assign(error, { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}

/** What a binary has to fit, by the name of its folder in prebuilds/: 'linux-x64-glibc'. Looked up once. */
export function platform(): string {
  return (found ??= `${process.platform}-${process.arch}-${libcOfProcess() ?? 'static'}`);
}

let found: string | undefined;

/**
 * Of this process, whatever the system has beside: a musl Node runs on Debian as well. A program that was started by way of its loader
 * (`ld.so node`) is, to the kernel, the loader, which names none.
 */
function libcOfProcess(): Libc | undefined {
  return libcOf('/proc/self/exe') ?? libcNamedIn(fs.readFileSync('/proc/self/maps', 'latin1'));
}

/** elf(5): where a program of 32 and one of 64 bits have the table of their segments, and a segment its place in the file. */
const LAYOUTS = {
  1: { isWide: false, headers: 28, size: 42, count: 44, offset: 4, length: 16 },
  2: { isWide: true, headers: 32, size: 54, count: 56, offset: 8, length: 32 },
};
const ELF_HEADER = 64;
/** '\x7fELF' */
const ELF_MAGIC = 0x7f454c46;
const PT_INTERP = 3;
const LONGEST_PATH = 4096;

/** The C library of a program's loader; undefined of one that names none: it is static, or no program at all. */
export function libcOf(file: string): Libc | undefined {
  const fd = fs.openSync(file, 'r');
  try {
    const interpreter = interpreterIn((offset, length) => {
      const bytes = new Uint8Array(length);
      fs.readSync(fd, bytes, 0, length, offset);
      return new DataView(bytes.buffer);
    });
    return interpreter === undefined ? undefined : libcNamedIn(interpreter);
  } finally {
    fs.closeSync(fd);
  }
}

/** The loader that an ELF file asks for: '/lib64/ld-linux-x86-64.so.2'. What it has not is read as 0. */
function interpreterIn(read: (offset: number, length: number) => DataView): string | undefined {
  const head = read(0, ELF_HEADER);
  const layout = LAYOUTS[head.getUint8(4) as 1 | 2] as (typeof LAYOUTS)[1] | undefined;
  const isLittle = head.getUint8(5) === 1;
  if (head.getUint32(0) !== ELF_MAGIC || layout === undefined) return undefined;
  const long = (view: DataView, at: number): number =>
    layout.isWide ? Number(view.getBigUint64(at, isLittle)) : view.getUint32(at, isLittle);

  const size = head.getUint16(layout.size, isLittle);
  const count = head.getUint16(layout.count, isLittle);
  const headers = read(long(head, layout.headers), size * count);
  for (let at = 0; at < size * count; at += size) {
    if (headers.getUint32(at, isLittle) !== PT_INTERP) continue;
    const length = Math.min(long(headers, at + layout.length), LONGEST_PATH);
    const name = new Uint8Array(read(long(headers, at + layout.offset), length).buffer);
    return String.fromCharCode(...name);
  }
  return undefined;
}

/** The C library of a loader or a library that is named in a text. */
function libcNamedIn(text: string): Libc | undefined {
  if (/\/(ld|libc)[.-]musl/.test(text)) return 'musl';
  return /\/(ld-linux|ld64\.so|ld-[0-9.]+\.so|ld\.so\.1|libc\.so\.6|libc-[0-9.]+\.so)/.test(text) ? 'glibc' : undefined;
}

/** The folders in which the binaries may be. */
export interface Places {
  /** What was compiled in place, by `npm ci` in a checkout or by `npx rtnetlink build`. It is taken before all others. */
  compiled: string;
  /** The same with `--debug`. */
  debug: string;
  /** What the package has for this platform. */
  prebuilt: string;
  /** Where a bundler puts that: beside the file that it makes (docs/bundling.md). */
  bundled: string;
}

/** Where binaries may be, for a file of the library in `directory`. */
export function placesFor(directory: string): Places {
  const root = path.join(directory, '..');
  return {
    compiled: path.join(root, 'build', 'Release'),
    debug: path.join(root, 'build', 'Debug'),
    prebuilt: path.join(root, 'prebuilds', platform()),
    bundled: path.join(directory, 'prebuilds', platform()),
  };
}

import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { libcOf, placesFor, platform } from '../lib/binary';
import { ROOT } from './examples/programs';

const folder = mkdtempSync(path.join(os.tmpdir(), `rtnl-${process.pid}-binary-`));
const program = path.join(folder, 'program');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The loader that readelf finds in a program. */
function interpreterOf(file: string): string {
  const headers = execFileSync('readelf', ['-l', file], { encoding: 'utf8' });
  return /program interpreter: (.*)\]/.exec(headers)![1]!;
}

test('the platform of this process is that of its loader', () => {
  const libc = interpreterOf(process.execPath).includes('musl') ? 'musl' : 'glibc';

  expect(platform()).toBe(`linux-${process.arch}-${libc}`);
});

const loader = interpreterOf(process.execPath);

test('a process that was started by way of its loader is of the platform that it is', () => {
  const source = `
    const { createNamespace } = require('rtnetlink');
    createNamespace().catch((error) => console.log(/no binary for (\\S+):/.exec(error.message)?.[1]));`;
  const installed = path.join(folder, 'node_modules', 'rtnetlink');
  cpSync(path.join(ROOT, 'dist'), path.join(installed, 'dist'), { recursive: true });
  copyFileSync(path.join(ROOT, 'package.json'), path.join(installed, 'package.json'));
  symlinkSync(path.join(ROOT, 'node_modules', 'bindings'), path.join(folder, 'node_modules', 'bindings'));

  const printed = execFileSync(loader, [process.execPath, '-e', source], { cwd: folder, encoding: 'utf8' });

  expect(printed).toBe(`${platform()}\n`);
});

interface Elf {
  interpreter?: string;
  bits?: 32 | 64;
  order?: 'little' | 'big';
  /** Where the table of segments is: patchelf moves it. */
  table?: number;
}

/** A file with the headers of a program: elf(5). */
function writeProgram({ interpreter, bits = 64, order = 'little', table = 64 }: Elf): void {
  const bytes = new DataView(new ArrayBuffer(8192));
  const isLittle = order === 'little';
  const isWide = bits === 64;
  const long = (at: number, value: number): void => {
    if (isWide) bytes.setBigUint64(at, BigInt(value), isLittle);
    else bytes.setUint32(at, value, isLittle);
  };
  bytes.setUint32(0, 0x7f454c46);
  bytes.setUint8(4, isWide ? 2 : 1);
  bytes.setUint8(5, isLittle ? 1 : 2);
  long(isWide ? 32 : 28, table);
  const size = isWide ? 56 : 32;
  bytes.setUint16(isWide ? 54 : 42, size, isLittle);
  bytes.setUint16(isWide ? 56 : 44, 3, isLittle);
  // PT_PHDR, PT_INTERP, PT_LOAD
  [6, interpreter === undefined ? 1 : 3, 1].forEach((type, i) => {
    bytes.setUint32(table + i * size, type, isLittle);
  });
  const name = Buffer.from(`${interpreter ?? ''}\0`);
  const place = 6000;
  long(table + size + (isWide ? 8 : 4), place);
  long(table + size + (isWide ? 32 : 16), name.length);
  new Uint8Array(bytes.buffer).set(name, place);
  writeFileSync(program, new Uint8Array(bytes.buffer));
}

test.each<[Elf, string | undefined]>([
  [{ interpreter: '/lib64/ld-linux-x86-64.so.2' }, 'glibc'],
  [{ interpreter: '/lib/ld-linux-aarch64.so.1', table: 4100 }, 'glibc'],
  [{ interpreter: '/nix/store/0123-glibc-2.40/lib/ld-linux-x86-64.so.2' }, 'glibc'],
  [{ interpreter: '/lib/ld-musl-x86_64.so.1' }, 'musl'],
  [{ interpreter: '/lib/ld-linux-armhf.so.3', bits: 32 }, 'glibc'],
  [{ interpreter: '/lib/ld64.so.1', order: 'big' }, 'glibc'],
  [{ interpreter: '/lib/ld-musl-armhf.so.1', bits: 32, order: 'big' }, 'musl'],
  [{ interpreter: '/system/bin/linker64' }, undefined],
  [{}, undefined],
])('the C library of a program with %j is %s', (elf, libc) => {
  writeProgram(elf);

  expect(libcOf(program)).toBe(libc);
});

test.each(['', '#!/bin/sh\n', '\x7fELF', 'a text that is longer than the header of a program, and is none'.repeat(9)])(
  'a file that is no program has no C library: %j',
  (text) => {
    writeFileSync(program, text, 'latin1');

    expect(libcOf(program)).toBeUndefined();
  },
);

test('what was compiled in place comes before what the package has', () => {
  const places = placesFor('/project/node_modules/rtnetlink/dist');

  expect(Object.values(places)).toEqual([
    '/project/node_modules/rtnetlink/build/Release',
    '/project/node_modules/rtnetlink/build/Debug',
    `/project/node_modules/rtnetlink/prebuilds/${platform()}`,
    `/project/node_modules/rtnetlink/dist/prebuilds/${platform()}`,
  ]);
});

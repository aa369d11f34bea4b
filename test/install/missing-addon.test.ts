import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { platform } from '../../lib/binary';
import { ROOT } from '../examples/programs';

const ADVICE = "Compile it in place with 'npx rtnetlink build', which needs a C++17 compiler, make and Python 3";

/** Has the program of {@link failure} open descriptors until none is left. */
const exhaust = `(() => { try { for (;;) fds.push(fs.openSync('/dev/null')); } catch {} })()`;

/** A project in which what ships is installed, without the addon. */
let project: string;
let installed: string;
/** Where the addon would be that was compiled in place. */
let release: string;

beforeEach(() => {
  project = mkdtempSync(path.join(os.tmpdir(), `rtnl-${process.pid}-missing-`));
  installed = path.join(project, 'node_modules', 'rtnetlink');
  release = path.join(installed, 'build', 'Release');
  mkdirSync(release, { recursive: true });
  cpSync(path.join(ROOT, 'dist'), path.join(installed, 'dist'), { recursive: true });
  copyFileSync(path.join(ROOT, 'package.json'), path.join(installed, 'package.json'));
  symlinkSync(path.join(ROOT, 'node_modules', 'bindings'), path.join(project, 'node_modules', 'bindings'));
});

afterEach(() => {
  rmSync(project, { recursive: true });
});

test.each([true, false])('a platform that there is no binary for: with a folder build/ %s', (hasBuild) => {
  if (!hasBuild) rmSync(path.join(installed, 'build'), { recursive: true });

  const { message, code, cause } = failure(`library.createNamespace()`);

  expect(code).toBe('MODULE_NOT_FOUND');
  const places = ['build/Release', 'build/Debug', `prebuilds/${platform()}`, `dist/prebuilds/${platform()}`];
  const files = places.map((place) => path.join(installed, place, 'rtnetlink.node'));
  expect(message).toBe(`rtnetlink has no binary for ${platform()}: there is no ${files.join(', nor ')}. ${ADVICE}`);
  expect(cause).toContain(path.join(release, 'rtnetlink.node'));
});

test.each(['prebuilds', 'dist/prebuilds'])('a binary in %s is taken, unless one was compiled in place', (place) => {
  const prebuilt = path.join(installed, place, platform());
  mkdirSync(prebuilt, { recursive: true });
  const start = `(async () => library.hostNamespace().exec('readlink /proc/$PPID/exe'))().then(() => { throw new Error('works'); })`;
  for (const file of ['rtnetlink.node', 'rtnetlink-exec']) {
    copyFileSync(path.join(ROOT, 'build/Release', file), path.join(prebuilt, file));
  }

  expect(failure(start).message).toBe('works');
  rmSync(path.join(installed, 'build'), { recursive: true });
  expect(failure(start).message).toBe('works');
  mkdirSync(release, { recursive: true });
  writeFileSync(path.join(release, 'rtnetlink.node'), 'broken');
  expect(failure(`library.createNamespace()`).message).toContain('could not be loaded');
});

test.each([
  'library.createNamespace()',
  'library.listNamespaces()',
  '(async () => library.hostNamespace().links.list())()',
])('another system than Linux is told by the first call, not by the import: %s', (call) => {
  const { message, code } = failure(call, `Object.defineProperty(process, 'platform', { value: 'darwin' });`);

  expect(message).toBe('rtnetlink is for Linux, whose kernel it speaks to; this is darwin');
  expect(code).toBe('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
});

test('an addon that cannot be loaded', () => {
  writeFileSync(
    path.join(release, 'rtnetlink.node'),
    'that of another machine, and long enough for a header'.repeat(10),
  );

  const { message, code, cause } = failure(`library.openNamespace('rtnl-that-nobody-made')`);

  expect(code).toBe('ERR_DLOPEN_FAILED');
  expect(message).toBe(`the binary of rtnetlink for ${platform()} could not be loaded: ${cause}. ${ADVICE}`);
  expect(cause).toBe(`${path.join(release, 'rtnetlink.node')}: invalid ELF header`);
});

test('a helper that was never compiled, or that nobody may run', () => {
  copyFileSync(path.join(ROOT, 'build/Release/rtnetlink.node'), path.join(release, 'rtnetlink.node'));
  const helper = path.join(release, 'rtnetlink-exec');
  const start = `(async () => library.hostNamespace().spawn('true'))()`;

  const missing = failure(start);
  writeFileSync(helper, '');
  chmodSync(helper, 0o644);
  const forbidden = failure(start);

  expect(missing.message).toBe(`rtnetlink has no binary for ${platform()}: there is no ${helper}. ${ADVICE}`);
  expect(forbidden.message).toBe(
    `the binary of rtnetlink for ${platform()} could not be loaded: EACCES: permission denied, access '${helper}'. ` +
      `Is it executable, and its file system mounted without noexec? 'chmod +x ${helper}'`,
  );
});

test('without a descriptor left the error is EMFILE, and says nothing of compiling', () => {
  const first = failure(`(${exhaust}, library.createNamespace())`);

  expect(first).toEqual({ message: expect.stringMatching(/^EMFILE: /) as string, code: 'EMFILE' });
});

test('nor does it where the last descriptor goes while the addon is looked for', () => {
  copyFileSync(path.join(ROOT, 'build/Release/rtnetlink.node'), path.join(release, 'rtnetlink.node'));

  // The library's look behind the first attempt finds one left, which somebody else then takes.
  const first = failure(`(
    require('bindings'), require('./node_modules/rtnetlink/dist/library.js'),
    process.dlopen = () => { throw new Error('no descriptor is left'); },
    ${exhaust}, fs.closeSync(fds.pop()), fs.closeSync = () => {},
    library.createNamespace())`);

  expect(first).toEqual({ message: expect.stringMatching(/^EMFILE: /) as string, code: 'EMFILE' });
});

/** What a promise rejects with in a program of the project. */
function failure(promise: string, before = ''): { message: string; code?: string; cause?: string } {
  const program = `
    ${before}
    const fs = require('node:fs');
    const library = require('rtnetlink');
    const fds = [];
    ${promise}.then(() => console.log('null'), ({ message, code, cause }) => {
      console.log(JSON.stringify({ message, code, cause: cause?.message }));
    });`;
  const printed = execFileSync('sh', ['-c', 'ulimit -n 64; exec "$0" -e "$1"', process.execPath, program], {
    cwd: project,
    encoding: 'utf8',
  });
  return JSON.parse(printed) as { message: string };
}

import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { ROOT } from '../examples/programs';

const ADVICE =
  "Run 'npm rebuild rtnetlink', which needs a C++17 compiler (g++), make and Python 3. npm 12 and pnpm compile it only " +
  "after it is approved: see 'Install' in the README";

/** Has the program of {@link failure} open descriptors until none is left. */
const exhaust = `(() => { try { for (;;) fds.push(fs.openSync('/dev/null')); } catch {} })()`;

/** A project in which what ships is installed, without the addon. */
let project: string;
/** Where the addon would be. */
let release: string;

beforeEach(() => {
  project = mkdtempSync(path.join(os.tmpdir(), `rtnl-${process.pid}-missing-`));
  const installed = path.join(project, 'node_modules', 'rtnetlink');
  release = path.join(installed, 'build', 'Release');
  mkdirSync(release, { recursive: true });
  cpSync(path.join(ROOT, 'dist'), path.join(installed, 'dist'), { recursive: true });
  copyFileSync(path.join(ROOT, 'package.json'), path.join(installed, 'package.json'));
  symlinkSync(path.join(ROOT, 'node_modules', 'bindings'), path.join(project, 'node_modules', 'bindings'));
});

afterEach(() => {
  rmSync(project, { recursive: true });
});

test('an addon that was never compiled', () => {
  const { message, code, cause } = failure(`library.createNamespace()`);

  expect(code).toBe('MODULE_NOT_FOUND');
  expect(message).toBe(`the addon of rtnetlink has not been compiled. ${ADVICE}`);
  expect(cause).toContain(path.join(release, 'rtnetlink.node'));
});

test('an addon that cannot be loaded', () => {
  writeFileSync(
    path.join(release, 'rtnetlink.node'),
    'that of another machine, and long enough for a header'.repeat(10),
  );

  const { message, code, cause } = failure(`library.openNamespace('rtnl-that-nobody-made')`);

  expect(code).toBe('ERR_DLOPEN_FAILED');
  expect(message).toBe(`the addon of rtnetlink could not be loaded: ${cause}. ${ADVICE}`);
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

  expect(missing.message).toBe(`the addon of rtnetlink has not been compiled. ${ADVICE}`);
  expect(forbidden.message).toBe(
    `the addon of rtnetlink could not be loaded: EACCES: permission denied, access '${helper}'. ${ADVICE}`,
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
function failure(promise: string): { message: string; code?: string; cause?: string } {
  const program = `
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

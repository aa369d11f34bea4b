import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';

/** The library as it ships: an import costs what is in its files. */
const library = path.join(__dirname, '..', 'dist');

/** What a program prints as JSON that runs before and after an import, in a process of its own. */
function around(program: string): { before: unknown; after: unknown } {
  const source = `
    const fs = require('node:fs');
    const look = () => ${program};
    const before = look();
    require(${JSON.stringify(library)});
    console.log(JSON.stringify({ before, after: look() }));`;
  const printed = execFileSync(process.execPath, ['-e', source], { cwd: library, encoding: 'utf8' });
  return JSON.parse(printed) as { before: unknown; after: unknown };
}

test('an import opens nothing', () => {
  const { before, after } = around(
    `fs.readdirSync('/proc/self/fd').flatMap((fd) => {
      try { return [fd + ' ' + fs.readlinkSync('/proc/self/fd/' + fd)]; } catch { return []; }
    })`,
  );

  expect(after).toEqual(before);
  expect(before).not.toEqual([]);
});

test('an import starts no thread', () => {
  const { before, after } = around(`fs.readdirSync('/proc/self/task')`);

  expect(before).toEqual(expect.arrayContaining(after as string[]));
  expect(after).not.toEqual([]);
});

test('an import loads no addon', () => {
  const { after } = around(
    `[...new Set(fs.readFileSync('/proc/self/maps', 'utf8').match(/\\S+$/gm))].filter((file) => file.startsWith('/'))`,
  );

  expect(after).toContain(process.execPath);
  expect(after).not.toContainEqual(expect.stringMatching(/\.node$/));
});

test('an import loads two small files, and no other package', () => {
  const { before, after } = around('Object.keys(require.cache)');

  expect(before).toEqual([]);
  const files = ['index.js', 'errors.js'].map((file) => path.join(library, file));
  expect(after).toEqual(files);
  expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(32 * 1024);
});

test('the first call loads the rest, whose errors are those that were imported', () => {
  const program = `
    const { openNamespace, NamespaceError } = require(${JSON.stringify(library)});
    openNamespace('rtnl-that-nobody-made').catch((error) => {
      const loaded = Object.keys(require.cache).some((file) => file.endsWith('dist/library.js'));
      console.log(JSON.stringify({ loaded, isOne: error instanceof NamespaceError, code: error.code }));
    });`;

  const printed = execFileSync(process.execPath, ['-e', program], { cwd: library, encoding: 'utf8' });

  expect(JSON.parse(printed)).toEqual({ loaded: true, isOne: true, code: 'ENOENT' });
});

test('a first call without a descriptor left rejects and says so, and one later works', () => {
  const calls = ['openNamespace', 'createNamespace'].map((first) => {
    const program = `
      const fs = require('node:fs');
      const library = require(${JSON.stringify(library)});
      const fds = [];
      const codeOf = (promise) => promise.then(() => 'none', ({ code }) => code);
      const exhaust = () => { try { for (;;) fds.push(fs.openSync('/dev/null')); } catch {} };
      const recover = () => fds.splice(0).forEach((fd) => fs.closeSync(fd));
      (async () => {
        exhaust();
        const unloaded = await codeOf(library.${first}('rtnl-that-nobody-made'));
        recover();
        await library.listNamespaces();
        exhaust();
        const loaded = await codeOf(library.openNamespace('rtnl-that-nobody-made'));
        recover();
        console.log(JSON.stringify([unloaded, loaded, await codeOf(library.openNamespace('rtnl-that-nobody-made'))]));
      })();`;
    return execFileSync('sh', ['-c', 'ulimit -n 48; exec "$0" -e "$1"', process.execPath, program], {
      cwd: library,
      encoding: 'utf8',
    });
  });

  expect(calls.map((printed) => JSON.parse(printed) as unknown)).toEqual([
    ['EMFILE', 'EMFILE', 'ENOENT'],
    ['EMFILE', 'EMFILE', 'ENOENT'],
  ]);
});

test('an import loads none of the large modules of Node', () => {
  const { before, after } = around("process.moduleLoadList.map((name) => name.replace('NativeModule ', ''))");

  const large = ['net', 'stream', 'dgram', 'dns', 'http', 'https', 'child_process', 'worker_threads', 'crypto'];
  expect(large.filter((name) => (before as string[]).includes(name))).toEqual([]);
  expect(large.filter((name) => (after as string[]).includes(name))).toEqual([]);
  expect(after).toContain('path');
});

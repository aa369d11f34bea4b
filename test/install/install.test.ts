import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { ELSEWHERE, ROOT, runProgram } from '../examples/programs';
import { firstProgram } from '../examples/snippets';
import { describeKernel, requiresOracle } from '../support/kernel';

/** A folder outside the checkout, the user's project. */
let folder: string;
let tarball: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), `rtnl-${process.pid}-install-`));
  tarball = pack();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('the tarball has what compiling needs, and no test', () => {
  const files = run('tar', ['-tf', tarball]).trim().split('\n');

  expect(files).toEqual(expect.arrayContaining(['binding.gyp', 'native/exports.map'].map(inTarball)));
  for (const list of ['native/sources.txt', 'native/helper/sources.txt']) {
    const sources = run('tar', ['-xOf', tarball, inTarball(list)])
      .trim()
      .split('\n');
    expect(files).toEqual(expect.arrayContaining(sources.map(inTarball)));
  }
  expect(files.filter((file) => /(^|\/)(tests?|build)\//.test(file))).toEqual([]);
});

const needs = ['npm', 'g++', 'make', 'python3', 'bash'].map(requiresOracle);

describeKernel('npm install in an empty project', needs, () => {
  test('compiles the addon and its helper, which work', async () => {
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
    const program = path.join(folder, 'program.mjs');
    writeFileSync(
      program,
      `import { createNamespace } from 'rtnetlink';
       const namespace = await createNamespace();
       console.log((await namespace.links.list()).map(({ name }) => name));
       console.log((await namespace.exec('readlink /proc/self/ns/net')).stdout === \`net:[\${namespace.inode}]\\n\`);
       await namespace.close();`,
    );

    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--foreground-scripts', tarball]);

    expect(await runProgram(program)).toEqual({ status: 0, signal: null, stdout: "[ 'lo' ]\ntrue\n", stderr: '' });

    writeFileSync(program, firstProgram());
    expect(await runProgram(program, [], ELSEWHERE)).toMatchObject({
      status: 0,
      stdout: 'hello 10.1.1.1\n',
      stderr: '',
    });
  }, 300_000);
});

/** Packs what `npm run build` made, without building it again: other tests use it meanwhile. */
function pack(): string {
  const printed = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder, ROOT]);
  const [{ filename }] = JSON.parse(printed) as [{ filename: string }];
  return path.join(folder, filename);
}

function inTarball(file: string): string {
  return `package/${file}`;
}

/** What a program prints that runs in the folder; where it fails, the error has all that it printed. */
function run(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { cwd: folder, env: environment(), encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout: string; stderr: string };
    throw new Error(`${message}\n${stdout}\n${stderr}`);
  }
}

/** This process's environment without what `npm test` adds to it, so that the checkout's node-gyp is not found. */
function environment(): NodeJS.ProcessEnv {
  const { PATH = '', npm_config_node_gyp: _, ...rest } = process.env;
  const directories = PATH.split(':').filter((directory) => !directory.includes('node_modules'));
  return {
    ...compiler(),
    ...rest,
    PATH: [path.dirname(process.execPath), ...directories].join(':'),
    ...headersOfNode(),
  };
}

/** A compiler that takes the checkout's objects where they are the same. */
function compiler(): NodeJS.ProcessEnv {
  return { CXX: path.join(__dirname, 'compiler'), RTNETLINK_BUILT: path.join(ROOT, 'build') };
}

/** Where Node has its headers beside it, they are not downloaded. */
function headersOfNode(): NodeJS.ProcessEnv {
  const prefix = path.join(path.dirname(process.execPath), '..');
  return existsSync(path.join(prefix, 'include/node/node_api.h')) ? { npm_config_nodedir: prefix } : {};
}

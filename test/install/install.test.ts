import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  const files = filesOf(tarball);

  expect(files).toEqual(expect.arrayContaining(['native/binding.gyp', 'native/exports.map', 'bin/rtnetlink.js']));
  // npm knows `gypfile: false`; Yarn compiles wherever it sees one.
  expect(files).not.toContain('binding.gyp');
  for (const list of ['native/sources.txt', 'native/helper/sources.txt']) {
    expect(files).toEqual(expect.arrayContaining(textIn(tarball, list).trim().split('\n')));
  }
  const flags = textIn(tarball, 'native/binding.gyp').match(/native\/flags\/[\w-]+\.txt/g);
  expect(files).toEqual(expect.arrayContaining(flags!));
  expect(files.filter((file) => /(^|\/)(tests?|build)\//.test(file))).toEqual([]);
});

test('the tarball has the files that its documents lead to', () => {
  const files = new Set(filesOf(tarball));
  const documents = [...files].filter((file) => /^[^/]+\.md$|^docs\/.*\.md$/.test(file));

  const missing = documents.flatMap((document) =>
    Array.from(textIn(tarball, document).matchAll(/\]\(([^)#]+)[^)]*\)/g), ([, target = '']) => target)
      .filter((target) => !/^\w+:/.test(target))
      .map((target) => path.normalize(path.join(path.dirname(document), target)))
      // What only developers do.
      .filter((file) => !/^(bench|test|lib)(\/|$)/.test(file))
      .filter((file) => ![...files].some((one) => one === file || one.startsWith(`${file.replace(/\/$/, '')}/`)))
      .map((file) => `${document} leads to ${file}`),
  );

  expect(missing).toEqual([]);
});

test('the licenses of what is included ship with it', () => {
  const dist = path.join(ROOT, 'dist');
  const bundles = readdirSync(dist).filter((file) => file.endsWith('.js'));
  const texts = bundles.map((file) => readFileSync(path.join(dist, file), 'utf8'));
  const origins = texts.flatMap((text) => Array.from(text.matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)));
  const included = new Set(['node-addon-api', ...origins.map(([, name]) => name!)]);

  expect(included.size).toBeGreaterThan(3);
  const ours = textIn(tarball, 'THIRD-PARTY.md');
  for (const name of included) {
    const folder = path.join(ROOT, 'node_modules', name);
    const license = readdirSync(folder).find((file) => /^licen[sc]e/i.test(file))!;
    expect(ours).toContain(readFileSync(path.join(folder, license), 'utf8').trim());
  }
});

test('no package is needed at run time but those that find and compile the addon', () => {
  const { dependencies, scripts } = JSON.parse(textIn(tarball, 'package.json')) as Record<string, object>;

  expect(Object.keys(dependencies!)).toEqual(['bindings', 'node-addon-api']);
  for (const name of ['preinstall', 'install', 'postinstall']) expect(scripts).not.toHaveProperty(name);
});

test('what compiling lacks is said, by the names of its packages', () => {
  const env = { PATH: folder, HOME: folder };
  const { status, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'bin/rtnetlink.js'), 'build'], { env });

  expect(status).toBe(1);
  expect(String(stderr)).toBe(
    'rtnetlink build: compiling needs a C++ compiler and make and Python 3, which cannot be run here\n' +
      '  Debian, Ubuntu: apt install g++ make python3\n  Alpine: apk add g++ linux-headers make python3\n',
  );
});

const needs = ['npm', 'g++', 'make', 'python3', 'bash'].map(requiresOracle);

describeKernel('in an empty project', needs, () => {
  test('npm install runs nothing, and npx rtnetlink build compiles the addon and its helper, which work', async () => {
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

    const installed = path.join(folder, 'node_modules', 'rtnetlink');
    expect(existsSync(path.join(installed, 'build'))).toBe(false);
    rmSync(path.join(installed, 'prebuilds'), { recursive: true, force: true });
    const { stderr: before } = await runProgram(program);
    expect(before).toContain("Compile it in place with 'npx rtnetlink build'");

    run('npx', ['rtnetlink', 'build']);

    expect(readdirSync(path.join(installed, 'build', 'Release'))).toEqual(
      expect.arrayContaining(['rtnetlink-exec', 'rtnetlink.node']),
    );
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

function filesOf(packed: string): string[] {
  return run('tar', ['-tf', packed])
    .trim()
    .split('\n')
    .map((file) => file.replace(/^package\//, ''));
}

function textIn(packed: string, file: string): string {
  return run('tar', ['-xOf', packed, `package/${file}`]);
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

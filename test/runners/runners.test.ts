import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { filesOf } from '../../scripts/snippets';
import { compilePrograms, ELSEWHERE, ROOT } from '../examples/programs';
import { describeKernel, type Requirement } from '../support/kernel';

// What docs/guide/in-tests.md shows, in a project of each runner, with several test files side by side.

const execute = promisify(execFile);
const files = filesOf('docs/guide/in-tests.md');
const RUNNERS = path.join(
  process.env.RTNETLINK_RUNNERS ?? path.join(os.homedir(), '.cache/rtnetlink-runners'),
  'node_modules',
);

/** A project each, outside the checkout. */
let folder: string;

beforeAll(async () => {
  await compilePrograms();
  folder = mkdtempSync(path.join(os.tmpdir(), `rtnl-${process.pid}-runners-`));
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A test that waits for what never comes, to its own limit, as a second file writes it. */
const waiting = {
  'node-test': `
    test('waits in vain', { timeout: 300 }, async (t) => {
      const host = await createNamespace();
      t.after(() => host.close());
      await host.links.waitFor('lo', 'up', { signal: t.signal });
    });`,
  vitest: `
    test('waits in vain', async ({ signal }) => {
      await using host = await createNamespace();
      await host.links.waitFor('lo', 'up', { signal });
    }, 300);`,
  jest: `
    test('waits in vain', async () => {
      await host.links.waitFor('lo', 'up', { timeout: 300 });
    });`,
};

const commands: Record<keyof typeof waiting, string[]> = {
  'node-test': ['--test', '--test-reporter=tap'],
  vitest: [path.join(RUNNERS, 'vitest/vitest.mjs'), 'run', '--reporter=verbose'],
  jest: [path.join(ROOT, 'node_modules/jest/bin/jest.js'), '--maxWorkers=2', '--verbose', '--rootDir=.'],
};

const vitest: Requirement = existsSync(path.join(RUNNERS, 'vitest'))
  ? {}
  : { [process.env.RTNETLINK_REQUIRE_ORACLES === '1' ? 'fail' : 'skip']: 'needs scripts/test-runners' };

describeKernel('node:test', () => {
  runnerTests('node-test');
});

describeKernel('vitest', [vitest], () => {
  runnerTests('vitest');

  test('in threads as well', async () => {
    const { status, printed } = await run('vitest', project('vitest', 3), '--pool=threads');

    expect({ status, printed }).toMatchObject({ status: 0 });
  });
});

describeKernel('Jest', () => {
  runnerTests('jest');
});

function runnerTests(runner: keyof typeof waiting): void {
  test('runs files side by side, in which the same names and addresses are, and ends by itself', async () => {
    const { status, printed } = await run(runner, project(runner, 4));

    expect({ status, printed }).toMatchObject({ status: 0 });
    expect(printed.match(/a bridge has the address that it was given/g)!.length).toBeGreaterThanOrEqual(4);
  });

  test('a wait that does not come true fails its test alone, and ends', async () => {
    const { status, printed } = await run(runner, project(runner, 1, waiting[runner]));

    expect({ status, printed }).toMatchObject({ status: 1 });
    expect(printed).toMatch(/waits in vain/);
    expect(printed).toMatch(/ETIMEDOUT, the link is down after 300 ms|[Tt]imed out/);
  });
}

/** Makes a project with the runner's file from the guide, several times, and with more code in the last. */
function project(runner: keyof typeof waiting, copies: number, more = ''): string {
  const [shown, text] = Object.entries(files).find(([file]) => file.startsWith(`${runner}/`))!;
  const directory = mkdtempSync(path.join(folder, `${runner}-`));
  mkdirSync(path.join(directory, 'node_modules'));
  symlinkSync(ROOT, path.join(directory, 'node_modules/rtnetlink'));
  if (runner === 'vitest') symlinkSync(path.join(RUNNERS, 'vitest'), path.join(directory, 'node_modules/vitest'));
  writeFileSync(path.join(directory, 'package.json'), '{ "private": true, "jest": { "transform": {} } }');
  for (let copy = 0; copy < copies; copy++) {
    writeFileSync(path.join(directory, path.basename(shown).replace('network', `network${copy}`)), text + more);
  }
  return directory;
}

/** Runs a runner in a project, on a host of its own, where nothing may be left. */
async function run(runner: keyof typeof waiting, cwd: string, ...args: string[]) {
  const {
    NODE_OPTIONS: _,
    NODE_ENV: __,
    JEST_WORKER_ID: ___,
    NODE_TEST_CONTEXT: ____,
    VITEST: _____,
    ...env
  } = process.env;
  const look =
    'status=0; "$@" || status=$?; [ -z "$(ls /run/netns 2>/dev/null)$(ip -o link | grep -v " lo:")" ] || exit 99; exit $status';
  const [program = '', ...rest] = [
    ...ELSEWHERE,
    'sh',
    '-c',
    look,
    'sh',
    process.execPath,
    ...commands[runner],
    ...args,
  ];
  return await execute(program, rest, { cwd, env: { ...env, NO_COLOR: '1', CI: '1' }, timeout: 100_000 }).then(
    ({ stdout, stderr }) => ({ status: 0, printed: stdout + stderr }),
    (error: unknown) => {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { status: code, printed: stdout + stderr };
    },
  );
}

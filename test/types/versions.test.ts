import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { compilePrograms, ROOT } from '../examples/programs';
import { Editor, isDeclaredHere } from '../support/editor';
import { startLanguageServer } from '../support/language-server';
import { literalOf, objectTypes, PREAMBLE as USED, valueOf, writtenTypes } from '../support/written-types';
import { hovered, mistakes, rightProgram } from './said';

// The packed types, as the compilers and editors of users read them. scripts/typescript-versions installs those.

const versions = ['5.6', '5.9', '6.0', '7.0'];
const FOLDER = process.env.RTNETLINK_TYPESCRIPT ?? path.join(os.homedir(), '.cache/rtnetlink-typescript');
const folderOf = (version: string) => path.join(FOLDER, version, 'node_modules/typescript');
const execute = promisify(execFile);

jest.setTimeout(240_000);

/** A user's project, with the packed library. */
let project: string;
/** Where each option is written in options.mts, counted from 0. */
let options: { title: string; line: number; column: number }[];

beforeAll(async () => {
  await compilePrograms();
  project = mkdtempSync(path.join(os.tmpdir(), `rtnl-${process.pid}-types-`));
  const modules = path.join(project, 'node_modules');
  mkdirSync(path.join(modules, 'rtnetlink'), { recursive: true });
  mkdirSync(path.join(modules, '@types'));
  for (const one of ['@types/node', 'undici-types']) {
    symlinkSync(path.join(ROOT, 'node_modules', one), path.join(modules, one));
  }
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', project, ROOT], { cwd: project });
  await execute('sh', ['-c', 'tar -xzf rtnetlink-*.tgz --strip-components=1 -C node_modules/rtnetlink'], {
    cwd: project,
  });
  writeFileSync(
    path.join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['right.mts', 'options.mts'] }),
  );
  writeFileSync(
    path.join(project, 'tsconfig.mistakes.json'),
    JSON.stringify({ compilerOptions, files: ['mistakes.mts'] }),
  );
  writeFileSync(path.join(project, 'right.mts'), rightProgram());
  writeFileSync(path.join(project, 'options.mts'), allOptions());
  writeFileSync(
    path.join(project, 'mistakes.mts'),
    [PREAMBLE, ...mistakes.map(({ code }) => `void ${code};`)].join('\n'),
  );
}, 300_000);

afterAll(() => {
  rmSync(project, { recursive: true });
});

const compilerOptions = {
  ...{ target: 'es2023', lib: ['es2023', 'esnext.disposable'], module: 'nodenext', types: ['node'], noEmit: true },
  ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false },
};

const PREAMBLE = "import { hostNamespace } from 'rtnetlink'; const host = hostNamespace();";

for (const version of versions) {
  const isThere = existsSync(folderOf(version));
  (isThere || process.env.RTNETLINK_REQUIRE_ORACLES === '1' ? describe : describe.skip)(
    `TypeScript ${version}${isThere ? '' : ' [needs scripts/typescript-versions]'}`,
    () => {
      test('finds nothing wrong with the declarations, nor with a program that uses them', async () => {
        expect(await errorsOf(version, 'tsconfig.json')).toEqual([]);
      });

      test('says of each mistake what is wrong', async () => {
        const errors = await errorsOf(version, 'tsconfig.mistakes.json');

        const unclear = mistakes.map(({ code, says }, index) => {
          const messages = errors.filter(({ line }) => line === index + 2).map(({ message }) => message);
          return messages.some((message) => message.includes(says)) ? undefined : { code, says, messages };
        });
        expect(unclear.filter((one) => one !== undefined)).toEqual([]);
      });

      test('shows what each verb means', async () => {
        const silent: object[] = [];
        await using server = await startLanguageServer(folderOf(version), project);
        for (const { line, column, code, shows } of hovered()) {
          const shown = await server.hover(path.join(project, 'right.mts'), line, column);
          if (!shown.includes(shows)) silent.push({ code, shows, shown });
        }

        expect(silent).toEqual([]);
      });

      // It looks at the declaration of a value alone, which the property of a mapped type has not.
      const isMute = version === '7.0';
      (isMute ? test.skip : test)(
        `shows what each option means${isMute ? ' [microsoft/typescript-go#4677]' : ''}`,
        async () => {
          const silent: object[] = [];
          await using server = await startLanguageServer(folderOf(version), project);
          for (const { title, line, column } of options) {
            const shown = await server.hover(path.join(project, 'options.mts'), line, column);
            if (!/\.(["\s]|$)/.test(shown)) silent.push({ title, shown });
          }

          expect(options.length).toBeGreaterThan(500);
          expect(silent).toEqual([]);
        },
      );
    },
  );
}

/** A program in which every option is written once, those of a type in one line. */
function allOptions(): string {
  const editor = new Editor();
  const lines = [USED.trimEnd()];
  options = [];
  for (const one of writtenTypes(editor, objectTypes(editor).taken)) {
    const properties = one.properties.filter(isDeclaredHere);
    const line = literalOf(
      one,
      properties.map(({ name }) => `/**/${name}: ${valueOf(one, name)}`),
    );
    for (const { name } of properties) {
      options.push({ title: `${one.title}: ${name}`, line: lines.length, column: line.indexOf(`/**/${name}:`) + 4 });
    }
    lines.push(line);
  }
  return lines.join('\n');
}

/** What the compiler finds, each with its line, from 1 on. */
async function errorsOf(version: string, config: string): Promise<{ line: number; message: string }[]> {
  const args = [path.join(folderOf(version), 'bin/tsc'), '--pretty', 'false', '-p', config];
  const stdout = await execute(process.execPath, args, { cwd: project }).then(
    (result) => result.stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
  // A message goes on in the indented lines behind its first.
  return stdout
    .split(/\n(?! )/)
    .filter((one) => one !== '')
    .map((message) => ({ line: Number(/^[^(]*\((\d+),/.exec(message)?.[1] ?? 0), message }));
}

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

import { blocksOf, ROOT } from './programs';

const TYPESCRIPT = path.join(ROOT, 'build-programs', 'readme.ts');

/** The first program of the README, in JavaScript. */
export function firstProgram(): string {
  return blocksOf('README.md', 'js')[0]!;
}

/** The program's file, from which 'rtnetlink' is what ships. */
export function writeFirstProgram(): string {
  return write(path.join(ROOT, 'build-programs', 'readme-first.mjs'), firstProgram());
}

/** The README as one program: the first, which is the story, with each snippet as a block at the end of its `try`. */
function readmeProgram(): string {
  const first = firstProgram();
  const imports = first.match(/^import .*$/gm) ?? [];
  const [before, after] = first.replace(/^import .*$/gm, '').split(/^(?=} finally)/m);
  return [
    ...imports,
    "import { NetlinkError } from 'rtnetlink';",
    'async function main() {',
    before,
    ...blocksOf('README.md', 'ts').map((snippet) => `{\n${snippet}}`),
    after,
    '}',
    'void main();',
  ].join('\n');
}

/** What the type checker says of it; it is written to a file on the way. */
export function typeErrors(): string[] {
  write(TYPESCRIPT, readmeProgram());
  const options: ts.CompilerOptions = {
    ...{
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.Node18,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    },
    ...{ strict: true, skipLibCheck: true, types: ['node'] },
    ...{ rootDir: ROOT, noEmit: true, paths: { rtnetlink: [path.join(ROOT, 'lib', 'index.ts')] } },
  };
  const program = ts.createProgram([TYPESCRIPT], options);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** Compiles it, and gives the file's name. */
export function compileReadme(): string {
  const { outputText } = ts.transpileModule(readmeProgram(), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  return write(TYPESCRIPT.replace(/ts$/, 'js'), outputText);
}

function write(file: string, text: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

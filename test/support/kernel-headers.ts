import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Of the package linux-libc-dev. */
const HEADERS = '/usr/include/linux';
/** What a processor's own headers mostly include: <asm/socket.h>. */
const PROCESSORS_HEADERS = '/usr/include/asm-generic';

/** Why the headers cannot be asked here; undefined when they can. */
export function lacksHeaders(): string | undefined {
  if (!existsSync(path.join(HEADERS, 'rtnetlink.h'))) return 'needs the headers of linux-libc-dev';
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'needs gcc';
  }
}

/** The release that the headers are of: '6.1.187'. */
export function releaseOfHeaders(): string {
  const code = Number(/LINUX_VERSION_CODE (\d+)/.exec(readFileSync(path.join(HEADERS, 'version.h'), 'utf8'))?.[1]);
  return [code >> 16, (code >> 8) & 255, code & 255].join('.');
}

/** The numbers of those names that the headers have, as a compiler understands them. */
export function numbersInHeaders(wanted: Iterable<string>): Map<string, number> {
  const headerOf = definitions();
  const names = [...wanted].filter((name) => headerOf.has(name));
  const headers = new Set(names.map((name) => headerOf.get(name)!));
  return compiled([
    ...['stdio.h', ...[...headers]].map((header) => `#include <${header}>`),
    'int main(void) {',
    ...names.map((name) => `  printf("%s %lld\\n", "${name}", (long long)(${name}));`),
    '}',
  ]);
}

/** What a program prints: names, each with a number. */
function compiled(lines: string[]): Map<string, number> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'rtnl-headers-'));
  try {
    const source = path.join(directory, 'numbers.c');
    const program = path.join(directory, 'numbers');
    writeFileSync(source, lines.join('\n'));
    execFileSync('gcc', ['-o', program, source]);
    const printed = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
    return new Map(printed.map((line) => line.split(' ')).map(([name, number]) => [name!, Number(number)]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The header in which each name is defined, as a member of an enumeration or as a macro. */
function definitions(): Map<string, string> {
  const headerOf = new Map<string, string>();
  for (const [directory, included] of [[HEADERS, 'linux'] as const, [PROCESSORS_HEADERS, 'asm'] as const]) {
    for (const header of readdirSync(directory).filter((file) => file.endsWith('.h'))) {
      const names = namesIn(readFileSync(path.join(directory, header), 'utf8'));
      for (const name of names) if (!headerOf.has(name)) headerOf.set(name, `${included}/${header}`);
    }
  }
  return headerOf;
}

/** The members of enumerations, and the macros with a value, of a header. */
function namesIn(header: string): string[] {
  const text = header.replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '');
  const macros = [...text.matchAll(/^#\s*define\s+(\w+)[ \t]/gm)].map(([, name]) => name!);
  // Macros stand between the members, too.
  const bodies = [...text.replace(/^#.*$/gm, '').matchAll(/\benum\b[^{;]*\{([^}]*)\}/g)];
  const members = bodies.flatMap(([, body]) => body!.split(',').map((member) => /^\s*(\w+)/.exec(member)?.[1]));
  return [...macros, ...members.filter((name) => name !== undefined)];
}

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

export const ROOT = path.join(__dirname, '..', '..');
const COMPILED = path.join(ROOT, 'build-programs');

/** Runs the command behind it on a host of its own, with a /run/netns of its own. */
export const ELSEWHERE = ['unshare', '--net', '--mount', 'sh', '-ec', 'mount -t tmpfs none /run; exec "$@"', 'sh'];

/** How a program ended and what it printed. */
export interface Result {
  status: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/**
 * Makes again of library and programs what `npm run build` made, if a source is newer, without a look at types: `npm run types` has
 * one. Before a whole run that is done once (setup/global-setup.ts); the files that need it see to it where they run alone.
 */
export async function compilePrograms(): Promise<void> {
  const oldest = Math.min(builtAt('dist/index.js'), builtAt('build-programs/examples/demo.js'));
  const newest = Math.max(...['lib', 'examples', 'bench'].flatMap(sourcesIn).map((file) => statSync(file).mtimeMs));
  if (newest < oldest) return;
  await Promise.all([
    node(require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--noCheck'),
    // A program, since esbuild as a module leaves a process behind, with sockets to it.
    run(
      path.join(ROOT, 'node_modules/.bin/esbuild'),
      ...['examples', 'bench'].flatMap(sourcesIn),
      ...['--outbase=.', '--outdir=build-programs', '--sourcemap'],
      ...['--format=cjs', '--platform=node', '--target=node20.11', '--log-level=warning'],
    ),
  ]);
  // Last, since it tells that all was made.
  await node('scripts/bundle.js');
}

const node = (...args: string[]) => run(process.execPath, ...args);

async function run(program: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(program, args, { cwd: ROOT }).catch((error: unknown) => {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`failed: ${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  });
}

/** The compiled file of `examples/NAME.ts`. */
export function compiled(name: string): string {
  return path.join(COMPILED, 'examples', `${name}.js`);
}

/** Runs a compiled program to its end. */
export function runProgram(file: string, args: string[] = [], command: string[] = []): Promise<Result> {
  const [program = '', ...rest] = [...command, process.execPath, file, ...args];
  return new Promise((resolve) => {
    const child = execFile(program, rest, { timeout: 100_000 }, (_, stdout, stderr) => {
      resolve({ status: child.exitCode, signal: child.signalCode, stdout, stderr });
    });
  });
}

/** Starts a compiled program, kills it when it printed `mark`, and tells which namespaces it held then. */
export async function killAt(mark: string, signal: NodeJS.Signals, file: string, args: string[] = []) {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<Omit<Result, 'stdout' | 'stderr'>>((resolve) => {
    child.on('exit', (status, by) => {
      resolve({ status, signal: by });
    });
  });
  const [stdout, held] = await Promise.all([text(child.stdout), waitFor(child, mark)]);
  return { held, stdout, ...(await ended) };

  function waitFor(process: ChildProcess, awaited: string): Promise<string[]> {
    let printed = '';
    return new Promise((resolve) => {
      process.stdout!.on('data', (data: Buffer) => {
        if (printed.includes(awaited)) return;
        printed += data.toString();
        if (!printed.includes(awaited)) return;
        resolve(namespacesOf(String(process.pid)));
        process.kill(signal);
      });
      process.stdout!.on('end', () => {
        resolve([]);
      });
    });
  }
}

/** Which of these namespaces some process is in or holds open. */
export function stillHeld(namespaces: string[]): string[] {
  const held = new Set(readdirSync('/proc').filter(isNumber).flatMap(namespacesOf));
  return namespaces.filter((namespace) => held.has(namespace));
}

/** The network namespaces, besides the one of this process, that a process is in or has a descriptor of. */
function namespacesOf(pid: string): string[] {
  const files = [`/proc/${pid}/ns/net`, ...list(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`)];
  const own = readlinkSync('/proc/self/ns/net');
  return [...new Set(files.map(target))].filter((link) => link.startsWith('net:[') && link !== own);
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}

function builtAt(file: string): number {
  const whole = path.join(ROOT, file);
  return existsSync(whole) ? statSync(whole).mtimeMs : 0;
}

function sourcesIn(directory: string): string[] {
  const files = readdirSync(path.join(ROOT, directory), { recursive: true }) as string[];
  return files.filter((file) => file.endsWith('.ts')).map((file) => path.join(ROOT, directory, file));
}

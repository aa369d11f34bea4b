import { spawn } from 'node:child_process';
import path from 'node:path';

/** How a program of test/break/programs/ is run. */
export interface Run {
  /** What it is given, as JSON in the variable INPUT. */
  input?: unknown;
  env?: NodeJS.ProcessEnv;
  /** What stands before `node`: ['setpriv', '--reuid=65534']. */
  under?: readonly string[];
  /** Options of node. */
  options?: readonly string[];
  /** Shell that is run before, in the program's namespaces. */
  before?: string;
  /** Milliseconds without a word after which it hangs, as far as we are concerned. */
  limit?: number;
}

/** What it did. */
export interface Ran {
  /** The lines that it printed, each JSON. */
  lines: Record<string, unknown>[];
  /** How it ended: 0, an exit status, a signal, or 'hang'. */
  end: number | string;
  /** The rest of what it said. */
  errors: string;
}

const root = path.join(__dirname, '../..');
/** Where the checkout is seen, by any user. */
const CHECKOUT = '/run/checkout';
/** A place of its own: networks, mounts, a /run in which its namespaces get their names, and an /etc in which they may have files. */
const enclosure = `
  mount -t tmpfs tmpfs /run && mkdir -p /run/netns /run/etc/netns ${CHECKOUT} && mount --bind '${root}' ${CHECKOUT} && ip link set lo up || exit
  for file in hosts passwd group nsswitch.conf ld.so.cache alternatives; do cp -a /etc/$file /run/etc/; done
  echo nameserver 127.0.0.1 >/run/etc/resolv.conf
  mount --bind /run/etc /etc || exit`;

/** Runs a program in a network and a mount namespace of its own, in which it can do no harm. */
export function runProgram(name: string, run: Run = {}): Promise<Ran> {
  const { input = {}, env, under = [], options = [], before = ':', limit = 90_000 } = run;
  const program = `${CHECKOUT}/test/break/programs/${name}.js`;
  const script = `${enclosure}\n${before} && exec "$@"`;
  const args = ['-nm', 'sh', '-c', script, 'sh', ...under, process.execPath, ...options, program];
  return new Promise((resolve, reject) => {
    const child = spawn('unshare', args, {
      env: {
        ...process.env,
        RTNETLINK: `${CHECKOUT}/dist`,
        INPUT: JSON.stringify(input),
        NODE_EXTRA_CA_CERTS: '',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      child.kill('SIGKILL');
      // What it started may have its output still.
      child.stdout.destroy();
      child.stderr.destroy();
    }, limit);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      timer.refresh();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const lines = output.split('\n').filter((line) => line.startsWith('{'));
      resolve({
        lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
        end: hangs ? 'hang' : (signal ?? code ?? 'unknown'),
        errors,
      });
    });
  });
}

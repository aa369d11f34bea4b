import type { Shell } from './shell';

declare global {
  /** Of setup/environment.ts. */
  var oracleShell: Shell;
}

/** The oracles: independent programs that say what the kernel has, run inside a namespace. */

/** Anything that holds a network namespace open in this process. */
export interface Held {
  readonly fd: number;
}

/** An object of iproute2's JSON. */
export type Row = Record<string, unknown>;

/**
 * Runs a program inside `namespace` and resolves with what it printed; rejects with what it complained about. One runs at a time:
 * what lasts is started otherwise.
 */
export async function run(namespace: Held, command: string, args: string[] = []): Promise<string> {
  const enter = `--net=/proc/${process.pid}/fd/${namespace.fd}`;
  const { status, stdout, stderr } = await oracleShell(['nsenter', enter, command, ...args]);
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')}: status ${status}\n${stderr}`);
  return stdout;
}

/** What `ip -j -d ...` says: `await ip(namespace, 'link show eth0')`. */
export function ip(namespace: Held, args: string): Promise<Row[]> {
  return json(namespace, 'ip', args);
}

/** What `bridge -j -d ...` says. */
export function bridge(namespace: Held, args: string): Promise<Row[]> {
  return json(namespace, 'bridge', args);
}

/** What `tc -j -d ...` says. */
export function tc(namespace: Held, args: string): Promise<Row[]> {
  return json(namespace, 'tc', args);
}

/** What `ss ...` prints, without its heading. */
export function ss(namespace: Held, args: string): Promise<string> {
  return run(namespace, 'ss', ['-H', ...words(args)]);
}

/** Asks for JSON with all details; rows that a filter of iproute2 emptied are dropped. */
async function json(namespace: Held, program: string, args: string): Promise<Row[]> {
  const text = (await run(namespace, program, ['-j', '-d', ...words(args)])).trim();
  const rows = text === '' ? [] : (JSON.parse(text) as Row[]);
  return rows.filter((row) => Object.keys(row).length > 0);
}

function words(args: string): string[] {
  return args.split(/\s+/).filter((word) => word !== '');
}

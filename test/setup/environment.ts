import { TestEnvironment } from 'jest-environment-node';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

import { startShell, type Shell } from '../support/shell';
import { lastFound } from '../support/until';

/** One for all test files that this process runs: support/oracle.ts. */
let shell: Shell | undefined;

// A worker of Jest whose loop is empty has only its heap to give back, page by page. On a busy machine that takes longer than the half
// second after which Jest takes it for a leak.
if (process.send !== undefined) process.once('beforeExit', () => process.exit());

/**
 * Runs each test file, and fails it when it leaves a socket or a namespace open in this process, or a thread in a
 * foreign network namespace. An environment rather than an `afterAll`: those of the test file would run after ours.
 */
export default class LeakCheckingEnvironment extends TestEnvironment {
  private readonly home = networkNamespaceOf('self');
  private openBefore: string[] = [];

  override async setup(): Promise<void> {
    await super.setup();
    this.global.oracleShell = shell ??= startShell();
    this.openBefore = openHandles();
  }

  async handleTestEvent(event: { name: string }, state: { unhandledErrors: unknown[] }): Promise<void> {
    if (event.name !== 'run_finish') return;
    const leaks = await persisting(() => this.leaks());
    if (leaks.length > 0) {
      const error = new Error(`this test file left behind:\n  ${leaks.join('\n  ')}`);
      error.stack = '';
      state.unhandledErrors.push(error);
    }
  }

  private leaks(): string[] {
    return [
      ...this.withoutOwn(surplus(openHandles(), this.openBefore)).map((handle) => `an open ${handle}`),
      ...strayThreads(this.home).map((thread) => `a thread in a foreign network namespace: ${thread}`),
    ];
  }

  /**
   * Without what the library keeps for itself as long as it is loaded: the way home of each of its threads, and one
   * netlink socket of the host namespace.
   */
  private withoutOwn(handles: string[]): string[] {
    const hostSockets = netlinkSockets();
    const hostSocket = handles.find((handle) => hostSockets.has(handle));
    return handles.filter((handle) => handle !== this.home && handle !== hostSocket);
  }
}

/** The netlink sockets of the namespace that this process is in, as their descriptors show them. */
function netlinkSockets(): Set<string> {
  const lines = readFileSync('/proc/self/net/netlink', 'utf8').trim().split('\n').slice(1);
  return new Set(lines.map((line) => `socket:[${line.trim().split(/\s+/).at(-1) ?? ''}]`));
}

/** What the open file descriptors that this library can open point at; libuv's and Jest's own are of other kinds. */
function openHandles(): string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => target(`/proc/self/fd/${fd}`))
    .filter((link) => link !== undefined)
    .filter((link) => /^(socket:|net:|\/run\/netns|\/var\/run\/netns|\/proc\/)/.test(link));
}

function strayThreads(home: string | undefined): string[] {
  return readdirSync('/proc/self/task')
    .map((thread) => ({ thread, namespace: networkNamespaceOf(`self/task/${thread}`) }))
    .filter(({ namespace }) => namespace !== undefined && namespace !== home)
    .map(({ thread, namespace }) => `${thread} in ${namespace ?? ''}`);
}

function networkNamespaceOf(task: string): string | undefined {
  return target(`/proc/${task}/ns/net`);
}

/** Where a link of /proc leads; undefined when the descriptor or the thread is gone by now. */
function target(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

/** The items of `after` beyond those of `before`, each as often as it is more. */
function surplus(after: string[], before: string[]): string[] {
  const known = [...before];
  return after.filter((item) => {
    const index = known.indexOf(item);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}

/** What `probe` finds that does not go: handles are closed on the addon's threads, and sockets in a later tick. */
function persisting(probe: () => string[]): Promise<string[]> {
  return lastFound(probe, (found) => found.length === 0);
}

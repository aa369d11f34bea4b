import fs from 'node:fs';
import type { Worker, WorkerOptions } from 'node:worker_threads';

import { AF } from '../codec';
import { checkObject, NamespaceError, show, wrongType } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { threadDoor } from '../native';
import { refuseUnder } from '../other-runtimes';
import { packages } from '../packages';
import { openSocketInside, SOCK_DGRAM } from '../sockets/open-socket';
import { type Where } from '../where';
import { BOOTSTRAP, TICKET_KEY, type Ticket } from './worker-ticket';

/**
 * Starts a worker whose thread lives in a namespace. It is Node's Worker, with all its options; a bootstrap that its
 * thread loads first enters the namespace, and leaves no trace. Rejects with a NamespaceError if the namespace is
 * closed or cannot be entered.
 */
export async function startWorker(
  handle: NamespaceHandle,
  filename: string | URL,
  options: WorkerOptions = {},
): Promise<Worker> {
  checkObject('options', options);
  if (typeof filename !== 'string' && !(filename instanceof URL)) {
    throw wrongType(`must be a string or a URL, not ${show(filename)}`, 'filename');
  }
  refuseUnder(['bun', 'deno'], 'a worker');
  handle.retain();
  let ticket: number | undefined;
  const giveBack = () => {
    if (ticket !== undefined) threadDoor().revokeThread(ticket);
    handle.release();
  };
  try {
    await checkEntry(handle);
    await (poolStarted ??= startPool());
    ticket = newTicket(handle.where);
    const worker = construct(filename, options, { ticket, fd: handle.fd, where: handle.where });
    // By then its thread has entered, or never will.
    onceEither(worker, 'online', 'exit', giveBack);
    return worker;
  } catch (error) {
    giveBack();
    throw error;
  }
}

let poolStarted: Promise<void> | undefined;

/**
 * libuv starts all threads of its pool when one is first needed, and a thread starts in the namespace of the thread
 * that starts it. So that this is never a worker's thread inside a namespace, the pool is used once from here. `access`
 * is a call that no release of libuv gives to io_uring instead.
 */
function startPool(): Promise<void> {
  return fs.promises.access('/').catch(() => undefined); // an answer of either kind comes from the pool
}

/**
 * Lets a thread of the addon enter and return, so that what would keep the worker from entering becomes a rejection.
 */
async function checkEntry(handle: NamespaceHandle): Promise<void> {
  const opened = await openSocketInside(handle, { family: AF.inet, type: SOCK_DGRAM });
  opened.discard();
}

function newTicket(where: Where): number {
  const ticket = threadDoor().admitThread();
  if (ticket < 0) throw new NamespaceError({ errno: -ticket, syscall: 'getrandom', where });
  return ticket;
}

function construct(filename: string | URL, options: WorkerOptions, ticket: Ticket): Worker {
  const { setEnvironmentData, Worker } = packages.workerThreads;
  // Copied for the new worker when it is made: no other worker sees it.
  setEnvironmentData(TICKET_KEY, { ...ticket });
  try {
    return withExecArgv(options.execArgv, (execArgv) => new Worker(filename, { ...options, execArgv }));
  } finally {
    setEnvironmentData(TICKET_KEY, undefined);
  }
}

/** Makes a worker that loads the bootstrap first, and otherwise has the options of Node that it would have had. */
function withExecArgv(given: string[] | undefined, make: (execArgv: string[]) => Worker): Worker {
  const bootstrap = ['--require', BOOTSTRAP];
  // Before modules that the caller preloads. NODE_OPTIONS preloads earlier, outside of the namespace.
  if (given != null) return make([...bootstrap, ...given]);
  try {
    return make([...bootstrap, ...process.execArgv]);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error;
    // Some options of this process are not allowed for workers; the message lists them.
    const refused = message.slice(message.indexOf(': ') + 2).split(', ');
    return make([...bootstrap, ...process.execArgv.filter((option) => !refused.includes(option))]);
  }
}

function onceEither(worker: Worker, first: string, second: string, listener: () => void): void {
  const listenOnce = () => {
    worker.off(first, listenOnce).off(second, listenOnce);
    listener();
  };
  worker.on(first, listenOnce).on(second, listenOnce);
}

/* eslint-disable @typescript-eslint/no-require-imports -- each is loaded when it is first called */
import { whenNeeded } from '../when-needed';
import type * as Agents from '../sockets/agents';
import type * as Dial from '../sockets/dial';
import type * as Dispatcher from '../sockets/dispatcher';
import type * as Exec from '../programs/exec';
import type * as Find from '../namespace/find';
import type * as Lookup from '../sockets/lookup';
import type * as NamespaceEnd from './namespace-end';
import type * as Processes from '../programs/processes';
import type * as RawSocket from '../sockets/raw-socket';
import type * as Reserve from '../namespace/reserve';
import type * as Listen from '../sockets/listen';
import type * as Spawn from '../programs/spawn';
import type * as Sweep from '../namespace/sweep';
import type * as Tap from '../sockets/tap';
import type * as Udp from '../sockets/udp';
import type * as Worker from '../programs/worker';

/** Functions that run in a namespace, or with namespaces, apart from configuring, making and opening them. */
export const inside = whenNeeded({
  agents: () => require('../sockets/agents') as typeof Agents,
  dial: () => require('../sockets/dial') as typeof Dial,
  dispatcher: () => require('../sockets/dispatcher') as typeof Dispatcher,
  exec: () => require('../programs/exec') as typeof Exec,
  find: () => require('../namespace/find') as typeof Find,
  lookup: () => require('../sockets/lookup') as typeof Lookup,
  namespaceEnd: () => require('./namespace-end') as typeof NamespaceEnd,
  processes: () => require('../programs/processes') as typeof Processes,
  rawSocket: () => require('../sockets/raw-socket') as typeof RawSocket,
  reserve: () => require('../namespace/reserve') as typeof Reserve,
  listen: () => require('../sockets/listen') as typeof Listen,
  spawn: () => require('../programs/spawn') as typeof Spawn,
  sweep: () => require('../namespace/sweep') as typeof Sweep,
  tap: () => require('../sockets/tap') as typeof Tap,
  udp: () => require('../sockets/udp') as typeof Udp,
  worker: () => require('../programs/worker') as typeof Worker,
});

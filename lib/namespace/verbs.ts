/* eslint-disable @typescript-eslint/no-require-imports -- each is loaded when it is first called */
import { whenNeeded } from '../when-needed';
import type * as Agents from './agents';
import type * as Dial from './dial';
import type * as Dispatcher from './dispatcher';
import type * as Exec from './exec';
import type * as Find from './find';
import type * as Lookup from './lookup';
import type * as Processes from './processes';
import type * as RawSocket from './raw-socket';
import type * as Reserve from './reserve';
import type * as Sockets from './sockets';
import type * as Spawn from './spawn';
import type * as Sweep from './sweep';
import type * as Udp from './udp';
import type * as Worker from './worker';

/** What is done in a namespace besides configuring it, and with namespaces besides making and opening them. */
export const verbs = whenNeeded({
  agents: () => require('./agents') as typeof Agents,
  dial: () => require('./dial') as typeof Dial,
  dispatcher: () => require('./dispatcher') as typeof Dispatcher,
  exec: () => require('./exec') as typeof Exec,
  find: () => require('./find') as typeof Find,
  lookup: () => require('./lookup') as typeof Lookup,
  processes: () => require('./processes') as typeof Processes,
  rawSocket: () => require('./raw-socket') as typeof RawSocket,
  reserve: () => require('./reserve') as typeof Reserve,
  sockets: () => require('./sockets') as typeof Sockets,
  spawn: () => require('./spawn') as typeof Spawn,
  sweep: () => require('./sweep') as typeof Sweep,
  udp: () => require('./udp') as typeof Udp,
  worker: () => require('./worker') as typeof Worker,
});

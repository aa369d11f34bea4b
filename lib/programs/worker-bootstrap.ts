/**
 * Loaded in a worker (`--require`) before anything of the program, except for what NODE_OPTIONS loads. Its thread
 * enters the namespace for good, and the traces of this (the option, the environment data) are removed. Workers that it
 * starts inherit the option, but find no ticket, and do nothing here.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

import { NamespaceError } from '../errors';
import { threadDoor } from '../native';
import { BOOTSTRAP, TICKET_KEY, type Ticket } from './worker-ticket';

const given = getEnvironmentData(TICKET_KEY) as unknown as Ticket | undefined;
setEnvironmentData(TICKET_KEY, undefined);

const option = process.execArgv.indexOf(BOOTSTRAP);
if (option > 0) process.execArgv.splice(option - 1, 2);

if (given !== undefined) {
  const { ticket, fd, where } = given;
  const errno = threadDoor().enterThread(ticket, fd);
  if (errno !== 0) throw new NamespaceError({ errno, syscall: 'setns', where });
}

/**
 * Loaded in a worker (`--require`) before anything of the program's, but what NODE_OPTIONS has loaded first: its thread enters the
 * namespace for good, and what led it here is put away. In the workers that it starts itself, which inherit the option, there is
 * no ticket and nothing to do.
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

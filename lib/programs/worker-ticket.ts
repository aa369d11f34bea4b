import path from 'node:path';
import { type Where } from '../where';

/** The key of the environment data under which the worker finds its {@link Ticket}. */
export const TICKET_KEY = 'rtnetlink.worker';

/** The file that a worker loads before its own. */
export const BOOTSTRAP = path.join(__dirname, 'worker-bootstrap.js');

/** What the thread of a worker needs to get into its namespace. */
export interface Ticket {
  /** Can be used once. */
  ticket: number;
  /** The descriptor of the namespace. */
  fd: number;
  /** For errors. */
  where: Where;
}

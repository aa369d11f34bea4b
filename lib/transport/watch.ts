import { channel } from 'node:diagnostics_channel';
import { debuglog } from 'node:util';

/** The channels of node:diagnostics_channel that tell of operations, for tools. */
export const channels = {
  start: channel('rtnetlink:start'),
  end: channel('rtnetlink:end'),
  events: channel('rtnetlink:events'),
};

/** Writes a line to stderr with NODE_DEBUG=rtnetlink. */
export const log = debuglog('rtnetlink');
const isLogged = log.enabled;

/** Whether somebody listens. */
export function isWatched(): boolean {
  return isLogged || channels.end.hasSubscribers || channels.start.hasSubscribers || channels.events.hasSubscribers;
}

import { NETLINK, NLM_F, type Topic } from '../../netlink';
import { NFNL_SUBSYS } from '../netfilter';
import { connection, type Connection } from './connection-fields';
import { IPCTNL_MSG_CT, IPCTNL_MSG_EXP, NFNLGRP } from './ctnetlink';
import { expectation, type Expectation } from './expectation';

/** What happened: 'new', it came; 'update', it changed; 'destroy', it went. */
export type TrackingEventName = 'new' | 'update' | 'destroy';

/** Something happened to a connection. */
export interface ConnectionEvent {
  /** 'new': it began; 'update': its state, mark or another property changed; 'destroy': it ended, or was deleted. */
  event: TrackingEventName;
  /** The connection as it was then. What the kernel does not tell is absent: `timeout` of one that ended, what did not change of one that did. */
  connection: Connection;
}

/** Something happened to an expectation. */
export interface ExpectationEvent {
  /** 'new': it came; 'update': it changed; 'destroy': its connection came, or it was given up or deleted. */
  event: TrackingEventName;
  /** The expectation as it was then. */
  expectation: Expectation;
}

/** Which of three: a message that asks for something new says so by its flags. */
function eventName(went: boolean, flags: number): TrackingEventName {
  if (went) return 'destroy';
  return (flags & NLM_F.CREATE) !== 0 ? 'new' : 'update';
}

/** What the kernel tells of connections. */
export function connectionEvents(isMeant: (row: Connection) => boolean): Topic<ConnectionEvent> {
  return {
    protocol: NETLINK.NETFILTER,
    groups: [NFNLGRP.CONNTRACK_NEW, NFNLGRP.CONNTRACK_UPDATE, NFNLGRP.CONNTRACK_DESTROY],
    decode(type, source, start, end, flags) {
      const command = type & 0xff;
      if (type >> 8 !== NFNL_SUBSYS.CTNETLINK || (command !== IPCTNL_MSG_CT.NEW && command !== IPCTNL_MSG_CT.DELETE))
        return undefined;
      const row = connection.decode(source, start, end);
      return isMeant(row) ? { event: eventName(command === IPCTNL_MSG_CT.DELETE, flags), connection: row } : undefined;
    },
  };
}

/** What the kernel tells of expectations. */
export function expectationEvents(isMeant: (row: Expectation) => boolean): Topic<ExpectationEvent> {
  return {
    protocol: NETLINK.NETFILTER,
    groups: [NFNLGRP.CONNTRACK_EXP_NEW, NFNLGRP.CONNTRACK_EXP_UPDATE, NFNLGRP.CONNTRACK_EXP_DESTROY],
    decode(type, source, start, end, flags) {
      const command = type & 0xff;
      if (
        type >> 8 !== NFNL_SUBSYS.CTNETLINK_EXP ||
        (command !== IPCTNL_MSG_EXP.NEW && command !== IPCTNL_MSG_EXP.DELETE)
      )
        return undefined;
      const row = expectation.decode(source, start, end);
      return isMeant(row)
        ? { event: eventName(command === IPCTNL_MSG_EXP.DELETE, flags), expectation: row }
        : undefined;
    },
  };
}

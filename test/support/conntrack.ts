import type { Connection, ConnectionTuple, NetworkNamespace } from '../../lib';
import { feature, requiresOracle, type Requirement } from './kernel';
import { run } from './oracle';

/** What tests of tracked connections need: the oracle, and a kernel that tracks and tells by netlink. */
export function tracking(): Requirement[] {
  return [
    requiresOracle('nft'),
    requiresOracle('conntrack'),
    feature(
      'tracking of connections, of SCTP and FTP too, by netlink',
      `nft add table ip t; nft add chain ip t c '{ type nat hook input priority 0; }'; nft add rule ip t c ct state new
       nft add ct helper ip t f '{ type "ftp" protocol tcp; }'
       test -e /proc/sys/net/netfilter/nf_conntrack_sctp_timeout_established
       conntrack -L`,
    ),
  ];
}

/** Has a namespace track connections. */
export async function track(namespace: NetworkNamespace): Promise<void> {
  await run(namespace, 'nft', [
    'add table inet track; add chain inet track c { type filter hook input priority 0 ; }; add rule inet track c ct state new counter',
  ]);
}

/** What conntrack shows, a line each, sorted, without times and references. */
export async function shownBy(namespace: NetworkNamespace): Promise<string[]> {
  const lists = [
    await run(namespace, 'conntrack', ['-L', '-f', 'ipv4', '-o', 'extended,id']),
    await run(namespace, 'conntrack', ['-L', '-f', 'ipv6', '-o', 'extended,id']),
  ];
  return lists
    .flatMap((text) => text.trim().split('\n'))
    .filter((line) => line !== '')
    .map((line) =>
      line
        .replace(/\s+/g, ' ')
        .replace(/^(\S+ \d+ \S+ \d+) \d+/, '$1')
        .replace(/ (use|delta-time)=\d+/g, ''),
    )
    .sort();
}

const names: Readonly<Record<string, string>> = {
  icmp: 'icmp 1',
  sctp: 'sctp 132',
  tcp: 'tcp 6',
  udp: 'udp 17',
  esp: 'unknown 50',
  icmpv6: 'icmpv6 58',
};
const states: Readonly<Record<string, string>> = {
  ...{ none: 'NONE', synSent: 'SYN_SENT', synReceived: 'SYN_RECV', established: 'ESTABLISHED', finWait: 'FIN_WAIT' },
  ...{ closeWait: 'CLOSE_WAIT', lastAck: 'LAST_ACK', timeWait: 'TIME_WAIT', close: 'CLOSE' },
};

/** The lines of rows, as conntrack writes them. */
export function linesOf(rows: readonly Connection[]): string[] {
  return rows.map(lineOf).sort();
}

function lineOf(row: Connection): string {
  const { family, protocol, original, reply, status = [], counters, mark, zone, helper, id, tcp, sctp } = row;
  const counted = (name: 'original' | 'reply') => {
    const one = counters?.[name];
    return one === undefined ? [] : [`packets=${one.packets} bytes=${one.bytes}`];
  };
  return [
    family === 'inet' ? 'ipv4 2' : 'ipv6 10',
    names[protocol]!,
    ...[tcp, sctp].flatMap((one) => (one === undefined ? [] : [states[one.state as string]!])),
    ...tupleWords(original, 'orig'),
    ...counted('original'),
    ...(status.includes('seenReply') ? [] : ['[UNREPLIED]']),
    ...tupleWords(reply, 'reply'),
    ...counted('reply'),
    ...(status.includes('assured') ? ['[ASSURED]'] : []),
    ...(mark === undefined ? [] : [`mark=${mark}`]),
    ...(zone === undefined ? [] : [`zone=${zone}`]),
    ...(helper === undefined ? [] : [`helper=${helper}`]),
    `id=${id}`,
  ].join(' ');
}

function tupleWords(tuple: ConnectionTuple, direction: string): string[] {
  const { source, destination, sourcePort, destinationPort, icmpType, icmpCode, icmpId, zone } = tuple;
  return [
    `src=${source} dst=${destination}`,
    ...(sourcePort === undefined ? [] : [`sport=${sourcePort} dport=${destinationPort}`]),
    ...(icmpType === undefined ? [] : [`type=${icmpType} code=${icmpCode} id=${icmpId}`]),
    ...(zone === undefined ? [] : [`zone-${direction}=${zone}`]),
  ];
}

/** What stays the same when a connection is added again. */
export function lasting(rows: readonly Connection[]): object[] {
  return rows
    .map(({ id: _id, use: _use, timeout: _timeout, ...rest }) => rest)
    .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

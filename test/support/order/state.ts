import { run, type Held, type Row } from '../oracle';

/** What other programs say of a namespace, without what changes by itself. */
export type State = Record<string, unknown>;

/** A namespace as `ip`, `bridge` and /proc/sys show it: what calls made of it, and nothing that depends on time or on numbers. */
export async function stateOf(namespace: Held): Promise<State> {
  const [links, addresses, routes, rules, nexthops, neighbors, fdb, settings] = split(
    await run(namespace, 'sh', ['-c', script]),
  );
  return {
    links: sorted(links!.map(linkOf)),
    addresses: sorted(addresses!.map(addressesOf)),
    routes: routes!.filter(isOwnRoute).map(routeOf),
    rules,
    nexthops,
    neighbors: sorted(neighbors!),
    fdb: sorted(fdb!.filter(isSetEntry)),
    settings,
  };
}

const queries = [
  'link show',
  'address show',
  'route show table all',
  'rule show',
  'nexthop show',
  'neigh show nud permanent',
];
const SEPARATOR = '---';
/** One shell for all, and few programs: each takes longer to start than to run. */
const script = [
  `printf '${queries.join('\\n')}\\n' | ip -j -d -batch -`,
  'bridge -j -d fdb show',
  `echo ${SEPARATOR}`,
  'nft list ruleset',
  'for link in $(ip -br link | cut -d" " -f1 | cut -d@ -f1 | sort); do echo $link; ethtool -k $link | grep -e tx-checksum-ip-generic -e rx-gro-list; done',
  'cd /proc/sys/net/ipv4/conf',
  'for file in */rp_filter */arp_announce */arp_ignore; do read value <$file; echo $file $value; done',
].join('\n');
const TABLES = queries.length + 1;

function split(printed: string): unknown[][] & Row[][] {
  const [json = '', settings = ''] = printed.split(`${SEPARATOR}\n`);
  const tables = json
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as Row[]).filter((row) => Object.keys(row).length > 0));
  if (tables.length !== TABLES) throw new Error(`${TABLES} tables were expected: ${json}`);
  return [...tables, settings.trim().split('\n') as never];
}

/** States that follow from a carrier, which comes and goes in its own time; and times and numbers. */
const passing = new Set([
  ...['ifindex', 'link_index', 'link_netnsid', 'operstate', 'qdisc', 'addr_info', 'state'],
  ...['hello_timer', 'tcn_timer', 'topology_change_timer', 'gc_timer', 'topology_change', 'topology_change_detected'],
  ...['hold_timer', 'message_age_timer', 'forward_delay_timer', 'topology_change_ack', 'config_pending'],
]);
const passingFlags = ['LOWER_UP', 'NO-CARRIER', 'M-DOWN', 'linkdown', 'dynamic'];

function linkOf(row: Row): Row {
  return { ...lasting(row), hasPeerElsewhere: 'link_netnsid' in row };
}

/** Without what changes by itself, also inside. */
function lasting(row: Row): Row {
  const kept = Object.entries(row).filter(([name]) => !passing.has(name));
  return Object.fromEntries(
    kept.map(([name, value]) => {
      if (name === 'flags') return [name, (value as string[]).filter((flag) => !passingFlags.includes(flag))];
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [name, isObject ? lasting(value as Row) : value];
    }),
  );
}

function addressesOf({ ifname, addr_info = [] }: Row): Row {
  // Link-local ones are the kernel's own work.
  return { ifname, addresses: (addr_info as Row[]).filter(({ scope }) => scope !== 'link') };
}

function routeOf(row: Row): Row {
  const nexthops = (row.nexthops as Row[] | undefined)?.map(lasting);
  return nexthops === undefined ? lasting(row) : { ...lasting(row), nexthops };
}

/** The kernel makes IPv6 routes to its own addresses, and to multicast ones, when duplicate detection and carriers permit. */
function isOwnRoute({ dst, table, type }: Row): boolean {
  const isLocal6 = table === 'local' && String(dst).includes(':');
  return !isLocal6 && type !== 'anycast' && !String(dst).startsWith('fe80:');
}

/** Not learned, and not one of a link's own filter. */
function isSetEntry({ master, state }: Row): boolean {
  return master !== undefined && (state === 'permanent' || state === 'static');
}

function sorted(rows: Row[]): Row[] {
  const keyed = rows.map((row) => [JSON.stringify([row.ifname, row]), row] as const);
  return keyed.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

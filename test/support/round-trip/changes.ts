// What the kernel changes by itself, in rows of the library and of iproute2. All else has to be the same.

type Compared = (name: string, value: unknown, path: readonly string[]) => unknown;

interface Change {
  why: string;
  names: readonly string[];
  /** Inside of which objects alone; anywhere by default. */
  inside?: RegExp;
}

const changes: readonly Change[] = [
  {
    why: 'the kernel counts what happens',
    names: [
      ...['carrierChanges', 'carrierUpCount', 'carrierDownCount', 'statistics', 'stats', 'references', 'refcnt'],
      ...['linkFailureCount', 'link_failure_count'],
    ],
  },
  {
    why: 'what a link does decides it, some time later',
    names: [
      ...['operationalState', 'operstate', 'carrier', 'miiStatus', 'mii_status', 'activeLink', 'active_slave'],
      ...['adInfo', 'ad_info', 'broadcastQueueLengthUsed', 'usedbcqueuelen'],
    ],
  },
  { why: 'it is chosen when a link goes up, by what the link has then', names: ['qdisc'] },
  { why: 'an address is looked for twice', names: ['tentative', 'dadfailed'] },
  { why: 'a master decides it, some time later', names: ['state'], inside: /Port$|info_slave_data/ },
  {
    why: 'a protocol goes on',
    names: [
      ...['topologyChange', 'topology_change', 'topologyChangeDetected', 'topology_change_detected'],
      ...['topologyChangeAcknowledged', 'topology_change_ack', 'configurationPending', 'config_pending'],
      ...['rootPort', 'root_port', 'rootPathCost', 'root_path_cost', 'rootId', 'root_id'],
      ...['adActorState', 'adPartnerState', 'adAggregatorId', 'adChurnActorState', 'adChurnPartnerState'],
    ],
  },
  { why: 'timers run', names: ['gc_timer', 'hello_timer', 'tcn_timer', 'topology_change_timer'] },
  { why: 'timers run', names: ['message_age_timer', 'forward_delay_timer', 'hold_timer', 'created', 'updated'] },
  { why: 'time goes by', names: ['used', 'confirmed', 'cacheInfo', 'probes'] },
  {
    why: 'it is the address that a device was made with, or had before it was a port',
    names: ['permanentAddress', 'permaddr', 'perm_hwaddr'],
  },
];

const byName = new Map<string, RegExp[]>();
for (const { names, inside = /^/ } of changes) {
  for (const name of names) byName.set(name, [...(byName.get(name) ?? []), inside]);
}

/** Flags that are states. */
const states =
  /^(running|lower-up|dormant|slave|master|RUNNING|LOWER_UP|DORMANT|NO-CARRIER|M-DOWN|dead|linkdown|DETACHED|tentative)$/;
/** Times that a kernel counts down, in seconds. */
const left = /^(validLifetime|preferredLifetime|expires|valid_life_time|preferred_life_time)$/;

/** What is compared of a property; undefined for nothing. */
export const comparedByDefault: Compared = (name, value, path) => {
  if (name.endsWith('Timer')) return undefined;
  if (byName.get(name)?.some((inside) => inside.test(path.join('.'))) === true) return undefined;
  if (name === 'flags' && Array.isArray(value))
    return (value as unknown[]).filter((flag) => !states.test(String(flag)));
  // Whom nobody answers for is looked for again and again.
  if (name === 'state' && /^(incomplete|failed|probe|delay)$/i.test(String(value))) return 'unresolved';
  return left.test(name) && typeof value === 'number' && value > 0 && value < 0xffffffff ? 'some' : value;
};

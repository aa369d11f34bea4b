import type { Link } from '../../../lib';
import type { Call, World } from './calls';

/** How a call ended, in words that are the same in every world. */
export type Outcome = Record<string, unknown>;

/** Makes a call. One that reads asks for the links as well, in the same tick, so that numbers of links can be told as addresses. */
export async function outcomeOf(call: Call, world: World): Promise<Outcome> {
  const show = readings[call.verb];
  const links = show === undefined ? undefined : world[call.on].links.list();
  const [[found], [made]] = await Promise.all([Promise.allSettled([links]), Promise.allSettled([call.make(world)])]);
  if (made.status === 'rejected') return { call: String(call), ...errorOf(made.reason) };
  if (show === undefined || found.status === 'rejected' || found.value === undefined) return { call: String(call) };
  const known = new Map(found.value.map(({ index, address }) => [index, address ?? '']));
  return { call: String(call), answer: show(made.value as never, (index) => known.get(index as number) ?? index) };
}

/** Whether the call was rejected. */
export function hasFailed({ error }: Outcome): boolean {
  return error !== undefined;
}

/** What of an error is the same in every world. */
export function errorOf(reason: unknown): Outcome {
  const { name, code, property, refused } = reason as Record<string, unknown>;
  return { error: name, code, property, refused };
}

/** The address of the link of a number; what is none stays. */
type Known = (index: unknown) => unknown;
type Rows = Record<string, unknown>[];

/** Verbs whose answers are compared, and what of them is the same in every world. */
const readings: Readonly<Record<string, (answer: never, known: Known) => unknown>> = {
  'links.get': (link: Link, known) => linkOf(link, known),
  'links.list': (links: Link[], known) => sorted(links.map((link) => linkOf(link, known))),
  'addresses.list': (rows: Rows, known) =>
    rows
      .filter(({ scope }) => scope !== 'link')
      .map(({ device, address, label }) => ({ device: known(device), address, label })),
  'routes.list': (rows: Rows, known) => rows.filter(isOwnRoute).map((row) => routeOf(row, known)),
  'routes.get': (row: Rows[0], known) => routeOf(row, known),
  'nexthops.list': (rows: Rows) => rows,
  'nexthops.get': (row: Rows[0]) => row,
  'neighbors.list': (rows: Rows, known) =>
    sorted(rows.filter(({ state }) => state === 'permanent').map((row) => neighborOf(row, known))),
  'neighbors.get': (row: Rows[0], known) => neighborOf(row, known),
  'fdb.list': (rows: Rows, known) => sorted(rows.filter(isSetEntry).map((row) => entryOf(row, known))),
  'fdb.get': (row: Rows[0], known) => entryOf(row, known),
  'ethtool.features.get': (features: Record<string, { active: boolean }>) => features['tx-checksum-ip-generic']?.active,
  'namespaceIds.get': (id: number) => id,
  'namespaceIds.add': (id: number) => id,
  'namespaceIds.list': (ids: unknown[]) => ids.length,
  'sysctl.get': (value: string) => value,
  'sysctl.list': (rows: Rows) => rows.filter(({ key }) => /\.(rp_filter|arp_\w+)$/.test(String(key))),
  'files.read': (text: string) => text,
  'files.list': (entries: Rows) => entries.map(({ name }) => name),
};

function linkOf(link: Link, known: Known) {
  const { kind, name, mtu, up, alias, address, group, alternativeNames, addressGenerationMode, bridgePort } = link;
  const { isolated, hairpin, cost, priority } = bridgePort ?? {};
  const { master, transmitQueueLength } = link;
  return {
    ...{ kind, name, mtu, up, alias, address, group, alternativeNames, addressGenerationMode, transmitQueueLength },
    ...{ master: known(master), bridgePort: { isolated, hairpin, cost, priority } },
  };
}

function routeOf({ destination, gateway, device, metric, type, table, nexthops }: Rows[0] & object, known: Known) {
  const hops = (nexthops as Rows | undefined)?.map((hop) => ({ gateway: hop.gateway, device: known(hop.device) }));
  return { destination, gateway, device: known(device), metric, type, table, hops };
}

function neighborOf({ destination, linkLayerAddress, device }: Rows[0] & object, known: Known) {
  return { destination, linkLayerAddress, device: known(device) };
}

function entryOf({ address, state, device, vlan }: Rows[0] & object, known: Known) {
  return { address, state, device: known(device), vlan };
}

/** Not one that the kernel makes to an address of its own. */
function isOwnRoute({ table, destination }: Rows[0] & object): boolean {
  return table !== 'local' && !String(destination).startsWith('fe80:');
}

/** Not learned, and not one of a link's own filter. */
function isSetEntry({ master, state }: Rows[0] & object): boolean {
  return master !== undefined && (state === 'permanent' || state === 'static');
}

function sorted(rows: object[]): object[] {
  return rows.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

import { wrongValue } from '../errors';
import { deleteFdbEntry, flushFdb, isFlushState, listFdb, type FdbFilter } from '../protocol/fdb';
import type { FdbEntry } from '../protocol/fdb-message';
import type { Request } from '../protocol/netlink';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { ignoringAll, sendAll } from './elements';

/**
 * Deletes entries that a filter selected, and no others. Asked to delete one without a VLAN, the kernel deletes the address behind that
 * port in each VLAN; where one of these shall stay, the kernel's flush deletes what is behind the port, or nothing is deleted.
 */
export async function deleteEntries(
  transport: NetlinkTransport,
  meant: readonly FdbEntry[],
  state: FdbFilter['state'],
): Promise<void> {
  const ports = meant.some(isInEachVlan) ? portsWithOthers(await transport.list(listFdb()), meant) : [];
  // All are looked at before anything is deleted.
  const flushes = ports.map((port) => flushOf(port, state));
  for (const [index, flush] of flushes.entries()) {
    if (!(await isDone(transport.send(flush)))) throw notAlone(ports[index]!);
  }
  const flushed = new Set(ports.map(({ place }) => place));
  const rest = meant.filter((entry) => !flushed.has(placeOf(entry)));
  await sendAll(transport, rest, deleteFdbEntry).catch(ignoringAll('ENOENT'));
}

/** A port behind which a deletion would take an entry that shall stay. */
interface Port {
  place: string;
  entry: FdbEntry;
  /** What is behind it and stays. */
  staying: readonly FdbEntry[];
}

function isInEachVlan({ master, vlan }: FdbEntry): boolean {
  return master !== undefined && vlan === undefined;
}

function placeOf({ master, device }: FdbEntry): string {
  return `${String(master)} ${String(device)}`;
}

function keyOf({ master, device, address, vlan }: FdbEntry): string {
  return `${String(master)} ${String(device)} ${address} ${String(vlan)}`;
}

function portsWithOthers(all: readonly FdbEntry[], meant: readonly FdbEntry[]): Port[] {
  const going = new Set(meant.map(keyOf));
  const staying = new Map<string, FdbEntry[]>();
  for (const entry of all) {
    if (entry.master === undefined || going.has(keyOf(entry))) continue;
    const others = staying.get(placeOf(entry));
    if (others === undefined) staying.set(placeOf(entry), [entry]);
    else others.push(entry);
  }
  const ports = new Map<string, Port>();
  for (const entry of meant) {
    const place = placeOf(entry);
    const others = staying.get(place);
    if (others === undefined || ports.has(place) || !isInEachVlan(entry)) continue;
    if (others.some(({ address }) => address === entry.address)) ports.set(place, { place, entry, staying: others });
  }
  return [...ports.values()];
}

/** The request of the kernel's flush of a port; throws if that takes an entry which shall stay. */
function flushOf(port: Port, state: FdbFilter['state']): Request {
  const { master, device } = port.entry;
  const isExact = device !== master && isFlushState(state) && !port.staying.some((other) => isFlushed(other, state));
  if (!isExact) throw notAlone(port);
  return flushFdb({ master: master!, device, state });
}

function notAlone({ entry: { address } }: Port): Error {
  const which = `without a VLAN the kernel would delete ${address} in a VLAN where it shall stay`;
  return wrongValue(`selects an entry that cannot be deleted alone: ${which}`, 'filter');
}

/** Whether the kernel's flush takes an entry: it knows no stale ones. */
function isFlushed(entry: FdbEntry, state: FdbFilter['state']): boolean {
  if (state === undefined) return entry.state !== 'permanent';
  return entry.state === state || (state === 'dynamic' && entry.state === 'stale');
}

/** Whether the kernel knows how to flush a table, as since 5.19. */
export async function isDone(flushed: Promise<void>): Promise<boolean> {
  try {
    await flushed;
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== 'EINVAL' && code !== 'EOPNOTSUPP') throw error;
    return false;
  }
}

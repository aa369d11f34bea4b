import { wrongValue } from '../errors';
import { deleteFdbEntry, flushFdb, isFlushState, listFdb, type FdbFilter } from '../protocol/fdb';
import type { FdbEntry } from '../protocol/fdb-message';
import type { Request } from '../protocol/netlink';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { ignoringAll, sendAll } from './elements';

/**
 * Deletes the entries that a filter selected, and no others. When the kernel is asked to delete an entry without a
 * VLAN, it deletes the address behind that port in every VLAN. Where one of those is to stay, the kernel's own flush of
 * the port is used if it deletes the right entries; otherwise nothing is deleted.
 */
export async function deleteEntries(
  transport: NetlinkTransport,
  meant: readonly FdbEntry[],
  state: FdbFilter['state'],
): Promise<void> {
  const ports = meant.some(isInEachVlan) ? portsWithOthers(await transport.list(listFdb()), meant) : [];
  // All are checked before anything is deleted.
  const flushes = ports.map((port) => flushOf(port, state));
  for (const [index, flush] of flushes.entries()) {
    if (!(await isDone(transport.send(flush)))) throw notAlone(ports[index]!);
  }
  const flushed = new Set(ports.map(({ place }) => place));
  const rest = meant.filter((entry) => !flushed.has(placeOf(entry)));
  await sendAll(transport, rest, deleteFdbEntry).catch(ignoringAll('ENOENT'));
}

/** A port behind which a deletion would also delete an entry that is to stay. */
interface Port {
  place: string;
  entry: FdbEntry;
  /** The entries behind it that stay. */
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

/** The request of the kernel's flush of a port; throws if that would delete an entry that is to stay. */
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

/** Whether the kernel's flush deletes an entry: it does not know the state 'stale'. */
function isFlushed(entry: FdbEntry, state: FdbFilter['state']): boolean {
  if (state === undefined) return entry.state !== 'permanent';
  return entry.state === state || (state === 'dynamic' && entry.state === 'stale');
}

/** Whether the kernel can flush a table (since 5.19). */
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

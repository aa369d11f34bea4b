import type { NetworkNamespace } from '../../../../lib';
import { run, type Row } from '../../oracle';
import type { Table } from '../law';

/** Things of one sort that a test makes and gives back. */
export interface Scene {
  name: string;
  /** Makes them; answers which properties the kernel took. */
  make: (namespace: NetworkNamespace) => Promise<ReadonlySet<string>>;
  // Of whichever rows: they are only given back.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  table: (namespace: NetworkNamespace) => Table<any>;
}

export const families = ['inet', 'inet6'] as const;

/** How many things of a family are made with options that chance has put together. */
export const COUNT = 20;

/** Runs commands of iproute2. What this kernel does not have is passed over. */
export async function commands(
  namespace: NetworkNamespace,
  program: 'ip' | 'tc' | 'bridge',
  lines: readonly string[],
): Promise<void> {
  const text = lines.map((line) => `${line}\n`).join('');
  const script = `printf %s "$1" | ${program} -force -batch - >/dev/null 2>&1 || true`;
  await run(namespace, 'sh', ['-c', script, 'sh', text]);
}

/** Makes two links that are up, v10 and v12, with addresses in 10.10.0.0/24, 2001:db8:10::/64 and so on. */
export async function makeDevices({ links, addresses }: NetworkNamespace): Promise<void> {
  await links.set('lo', { up: true });
  for (const place of [10, 12]) {
    // Above those that tunnels have in each namespace.
    const index = 40 + place;
    const name = `v${String(place)}`;
    const peer = { name: `${name}p`, index: index + 1, up: true };
    await links.add({ kind: 'veth', name, index, address: `02:00:00:00:00:${String(place)}`, up: true, peer });
    await addresses.add(name, [
      { address: `10.${String(place)}.0.1/24` },
      { address: `2001:db8:${String(place)}::1/64`, flags: ['nodad'] },
    ]);
  }
}

/** Those rows of iproute2 that are about what a test has made. */
export async function about(own: RegExp, shown: readonly Promise<Row[]>[]): Promise<Row[]> {
  return (await Promise.all(shown)).flat().filter((row) => own.test(JSON.stringify(row)));
}

/** All that some sets have. */
export function union(sets: readonly ReadonlySet<string>[]): Set<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

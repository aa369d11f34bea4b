import { hrtime } from 'node:process';

// What the npm package netlink takes to list a table, in a process of its own: `node npm-netlink.js TABLE`. Prints what the
// other peers print. The first listing finds the code uncompiled, and is not counted.

type List = (header?: object) => Promise<unknown[]>;

/** What is used of it. */
interface NetlinkPackage {
  createRtNetlink: () => Record<'getRoutes' | 'getLinks' | 'getNeighbors', List>;
}

const AF_BRIDGE = 7;

async function main(): Promise<void> {
  // Not a dependency: it is there if somebody has installed it below build-programs/.
  const name = 'netlink';
  const { createRtNetlink } = (await import(name)) as NetlinkPackage;
  const socket = createRtNetlink();
  const tables: Record<string, () => Promise<unknown[]>> = {
    routes: () => socket.getRoutes(),
    links: () => socket.getLinks(),
    forwarding: () => socket.getNeighbors({ family: AF_BRIDGE }),
    neighbors: () => socket.getNeighbors(),
  };
  const list = tables[process.argv[2] ?? '']!;
  await list();
  const cpu = process.cpuUsage();
  const began = hrtime.bigint();
  const { length } = await list();
  const wall = Number(hrtime.bigint() - began) / 1e6;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ wall, cpu: (user + system) / 1e3, rows: length }));
  process.exit();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

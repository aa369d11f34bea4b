import { readFileSync } from 'node:fs';

/** What some work took, in milliseconds. */
export interface Cost {
  wall: number;
  /** Processor time of this process and of those that it waited for; the kernel's own threads are not in it. */
  cpu: number;
}

/** Does some work and resolves with what it took. */
export async function measure(work: () => Promise<unknown>): Promise<Cost> {
  const cpu = cpuTime();
  const wall = performance.now();
  await work();
  return { wall: performance.now() - wall, cpu: cpuTime() - cpu };
}

function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3 + cpuTimeOfChildren();
}

/** A tick of /proc is 10 ms. */
const TICK = 10;

function cpuTimeOfChildren(): number {
  const line = readFileSync('/proc/self/stat', 'latin1');
  // The second field, the program's name, may contain anything. Fields 16 and 17 are cutime and cstime.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK;
}

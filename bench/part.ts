import type { Findings } from './findings';
import { enterPrivateHost } from './host';

/** What the command line asks of a part. */
export interface PartOptions {
  part: string;
  /** How often every contender has its turn; a part has a number of its own if it is absent. */
  rounds?: number;
  /** The part of the numbers of things that is made. */
  scale: number;
  /** Whether only the floor and this library compete. */
  brief: boolean;
  /** Networks that each contender sets up in a round. */
  networks?: number;
  /** The rows that are asked for; all of them if there is none. */
  rows: string[];
}

/** Does the work of a part, in the private host that index.ts makes for it, and hands its findings to index.ts. */
export function measurePart(work: (options: PartOptions) => Promise<Findings>): void {
  const options = JSON.parse(process.argv[2] ?? '') as PartOptions;
  const main = async () => {
    await enterPrivateHost();
    const findings = await work(options);
    await new Promise((resolve) => process.send?.(findings, resolve));
  };
  main().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}

/** Whether a row is asked for. */
export function wants({ rows }: PartOptions, row: string): boolean {
  return rows.length === 0 || rows.includes(row);
}

/** A number of things at the scale that is asked for, at least two, and even: some come in pairs. */
export function scaled({ scale }: PartOptions, count: number): number {
  return Math.max(2, 2 * Math.round((count * scale) / 2));
}

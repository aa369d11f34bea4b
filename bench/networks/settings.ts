/** What the parts that set up networks differ in. */
export interface Setting {
  networks: number;
  rounds: number;
  /** Whether all are under way at once, and not one after the other. */
  atOnce?: boolean;
  /** Whether both ends of each pair are left without IPv6 link-local addresses. */
  quiet?: boolean;
}

export const settings: Record<string, Setting> = {
  networks: { networks: 200, rounds: 5 },
  'at-once': { networks: 64, rounds: 5, atOnce: true },
  thousand: { networks: 1000, rounds: 3 },
  'thousand-quiet': { networks: 1000, rounds: 3, quiet: true },
};

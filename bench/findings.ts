import type { Cost } from './cost';
import type { EventLoopDelay } from './event-loop';

/** What a part of the benchmark found. */
export interface Findings {
  rows: Row[];
  /** How late the event loop was while something went on. */
  delays?: DelayRow[];
  /** What does not fit in a row. */
  tables?: { title: string; cells: string[][] }[];
  /** What else is worth telling, a line each. */
  remarks?: string[];
  /** Peers that are not installed, and so have no figures. */
  absent?: AbsentPeer[];
}

/** The same work, done by each contender in turn. */
export interface Row {
  /** Tells the row from the others of its part: `--only PART/ROW`. One word. */
  name: string;
  /** What was done, for the reader of the table. */
  title: string;
  /** What the figures are: 'ms', 'ms per network'. */
  unit: string;
  /** The first is the floor, which the others are compared with. */
  scores: Score[];
}

/**
 * Who competes: the C program that makes the bare kernel calls; this library, as one would use it; another way to use this
 * library, which has no bar in the chart; other programs and libraries.
 */
export type Role = 'floor' | 'library' | 'variant' | 'peer';

/** What one contender took. */
export interface Score {
  name: string;
  role: Role;
  /** How it works, for the reader of the table. */
  description: string;
  /** How many of the things it did in a round. */
  count: number;
  /** What each round took, in the unit of the row. */
  costs: Cost[];
}

export interface DelayRow {
  title: string;
  /** In all rounds. */
  found: EventLoopDelay;
}

export interface AbsentPeer {
  name: string;
  /** The packages, or the command, that give it. */
  givenBy: string;
}

/** All that one run of the benchmark found, as `--json` prints it and `--from` reads it. */
export interface Results {
  machine: string;
  /** What others did on the machine: its load average before the first part. */
  load: number;
  parts: PartResults[];
}

export interface PartResults extends Findings {
  part: string;
  summary: string;
}

import type { Cost } from '../cost';
import type { Role } from '../findings';
import type { Plan } from '../plan';

/** A way to set up container networks. */
export interface Contender {
  name: string;
  role: Role;
  /** How it works, for the reader of the table. */
  description: string;
  /** Whether it works in the process of the benchmark, and not in one that it starts for its turn. */
  isInProcess?: boolean;
  /** Networks that it gets at most; a slow one would take up all the time. */
  most?: number;
  /** What the clock does not count: files to be written. */
  prepare?: (plan: Plan) => Promise<void>;
  setUp: (plan: Plan) => Promise<Cost>;
  /** Deletes the namespaces, and ends when their host ends are gone. */
  tearDown: (plan: Plan) => Promise<Cost>;
  /** False if it does not let its caller choose the names of host ends. */
  namesHostEnds?: boolean;
}

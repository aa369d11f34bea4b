import { netem } from './netem';
import { tbf } from './tbf';

/** Every kind of queueing discipline that has a declaration. */
export const qdiscKinds = { netem, tbf } as const;

/* eslint-disable @typescript-eslint/no-require-imports -- a kind is loaded when a qdisc of it is first met */
import { whenNeeded } from '../../when-needed';
import type * as Netem from './netem';
import type * as Tbf from './tbf';

/** Every kind of queueing discipline that has a declaration. */
export const qdiscKinds = whenNeeded({
  netem: () => (require('./netem') as typeof Netem).netem,
  tbf: () => (require('./tbf') as typeof Tbf).tbf,
});

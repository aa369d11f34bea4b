import { setTimeout as sleep } from 'node:timers/promises';

import type { Contender } from '../contenders/contender';
import type { Cost } from '../cost';
import { watchOfEventLoop } from '../event-loop';
import type { DelayRow } from '../findings';
import { freshBridge } from '../host';
import type { Plan } from '../plan';
import { number } from '../statistics';
import { takeTurns } from '../turns';
import { checkNetworks } from './check';

/** What one contender took in one round, per network. */
export interface Turn {
  setUp: Cost;
  tearDown: Cost;
}

/** All turns of one contender. */
export interface Turns {
  contender: Contender;
  networks: number;
  turns: Turn[];
}

export async function compete(contenders: Contender[], plan: Plan, rounds: number): Promise<Turns[]> {
  const all = contenders.map((contender): Turns => {
    const networks = Math.min(plan.networks.length, contender.most ?? Infinity);
    return { contender, networks, turns: [] };
  });
  await takeTurns(all, rounds, async ({ contender, networks, turns }) => {
    if (contender.isInProcess === true)
      await takeTurn(contender, { ...plan, networks: plan.networks.slice(0, NOT_COUNTED) });
    turns.push(await takeTurn(contender, { ...plan, networks: plan.networks.slice(0, networks) }));
  });
  return all;
}

/**
 * The others start for their turn. This process was idle for as long as theirs took, which is when V8 gives up memory and code:
 * a few networks bring those back.
 */
const NOT_COUNTED = 20;

async function takeTurn(contender: Contender, plan: Plan): Promise<Turn> {
  await freshBridge();
  await contender.prepare?.(plan);
  const setUp = await contender.setUp(plan);
  await checkNetworks(plan, contender.namesHostEnds);
  const tearDown = await contender.tearDown(plan);
  const { length } = plan.networks;
  return { setUp: perNetwork(setUp, length), tearDown: perNetwork(tearDown, length) };
}

/**
 * Watches the event loop in rounds of their own, so that the watching costs nothing elsewhere: with nothing to do; with
 * nothing to do while another process makes the kernel do the same work, which is what the machine itself takes; and while
 * this process sets up the networks and deletes them.
 */
export async function watchEventLoop(
  contender: Contender,
  other: Contender,
  plan: Plan,
  rounds: number,
): Promise<DelayRow[]> {
  const { length } = plan.networks;
  const [idle, beside, setUp, tearDown] = [
    watchOfEventLoop(),
    watchOfEventLoop(),
    watchOfEventLoop(),
    watchOfEventLoop(),
  ];
  for (let round = 0; round < rounds; round++) {
    await freshBridge();
    await idle.during(() => sleep(IDLE_MS));
    await beside.during(() => other.setUp(plan));
    await other.tearDown(plan);
    await freshBridge();
    await setUp.during(() => contender.setUp(plan));
    await tearDown.during(() => contender.tearDown(plan));
  }
  return [
    { title: 'idle', found: idle.found() },
    { title: 'idle, beside the C floor', found: beside.found() },
    { title: `${contender.name}, ${number(length)} set-ups`, found: setUp.found() },
    { title: `${contender.name}, ${number(length)} tear-downs`, found: tearDown.found() },
  ];
}

const IDLE_MS = 400;

function perNetwork({ wall, cpu }: Cost, networks: number): Cost {
  return { wall: wall / networks, cpu: cpu / networks };
}

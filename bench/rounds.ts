import { checkNetworks } from './check';
import type { Contender } from './contenders/contender';
import type { Cost } from './cost';
import { eventLoopDelay, idleEventLoopDelay, type EventLoopDelay } from './event-loop';
import { freshBridge } from './host';
import type { Options } from './options';
import { plan } from './plan';

/** What one contender took in one round, per network. */
export interface Turn {
  setUp: Cost;
  tearDown: Cost;
}

/** All turns of one contender. */
export interface Score {
  contender: Contender;
  networks: number;
  turns: Turn[];
}

/** Event-loop delays of all rounds. */
export interface Delays {
  /** With nothing to do. */
  idle: EventLoopDelay[];
  /** With nothing to do, while another process makes the kernel do the same work: what the machine itself takes. */
  beside: EventLoopDelay[];
  /** While this process sets up the networks. */
  setUp: EventLoopDelay[];
}

/** Gives every contender its turn in each round; each round begins with another one. */
export async function compete(contenders: Contender[], { networks, rounds }: Options): Promise<Score[]> {
  const scores = contenders.map((contender): Score => {
    return { contender, networks: Math.min(networks, contender.most ?? networks), turns: [] };
  });
  for (let round = 0; round < rounds; round++) {
    const first = round % scores.length;
    for (const score of [...scores.slice(first), ...scores.slice(0, first)]) score.turns.push(await takeTurn(score));
  }
  return scores;
}

async function takeTurn({ contender, networks }: Score): Promise<Turn> {
  const planned = plan(networks);
  await freshBridge();
  await contender.prepare?.(planned);
  const setUp = await contender.setUp(planned);
  await checkNetworks(planned);
  const tearDown = await contender.tearDown(planned);
  return { setUp: perNetwork(setUp, networks), tearDown: perNetwork(tearDown, networks) };
}

/** Watches the event loop in rounds of their own, so that the watching costs nothing elsewhere. */
export async function watchEventLoop(
  contender: Contender,
  other: Contender,
  { networks, rounds }: Options,
): Promise<Delays> {
  const planned = plan(networks);
  const delays: Delays = { idle: [], beside: [], setUp: [] };
  for (let round = 0; round < rounds; round++) {
    await freshBridge();
    delays.idle.push(await idleEventLoopDelay());
    delays.beside.push(await eventLoopDelay(() => other.setUp(planned)));
    await other.tearDown(planned);
    await freshBridge();
    delays.setUp.push(await eventLoopDelay(() => contender.setUp(planned)));
    await contender.tearDown(planned);
  }
  return delays;
}

function perNetwork({ wall, cpu }: Cost, networks: number): Cost {
  return { wall: wall / networks, cpu: cpu / networks };
}

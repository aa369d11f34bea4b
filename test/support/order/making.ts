import type { Call, World } from './calls';
import { hasFailed, outcomeOf, type Outcome } from './outcomes';

/** Makes calls one by one, each when the one before it has ended. */
export async function oneByOne(calls: readonly Call[], world: World): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const call of calls) outcomes.push(await outcomeOf(call, world));
  return outcomes;
}

/** Makes calls in one tick; those that have to be alone part it. */
export async function inOneTick(calls: readonly Call[], world: World): Promise<Outcome[]> {
  const outcomes: Promise<Outcome>[] = [];
  for (const call of calls) {
    if (call.isAlone) await Promise.all(outcomes);
    outcomes.push(outcomeOf(call, world));
    if (call.isAlone) await Promise.all(outcomes);
  }
  return await Promise.all(outcomes);
}

/** Makes calls one by one, up to the first that fails. */
export async function upToFailure(calls: readonly Call[], world: World): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const call of calls) {
    const outcome = await outcomeOf(call, world);
    outcomes.push(outcome);
    if (hasFailed(outcome)) break;
  }
  return outcomes;
}

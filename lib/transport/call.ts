import type { Query, Request } from '../protocol/netlink';
import { notSent, type Answer, type Member } from './batch';
import { warn, type NetlinkTransport } from './netlink-transport';
import { currentFurnishing, Trip, type Furnishing, type Leg } from './trip';

/** One message of a call that takes several. */
export interface Step {
  /** Where it is sent. */
  readonly at: NetlinkTransport;
  readonly request: Request | Query<unknown>;
  /** The property of the call's options that has what it says: 'peer'. */
  readonly within?: string | undefined;
  /** What it changes, for the error of a later step. */
  readonly changes?: readonly string[] | undefined;
}

/** What one call asks for in several messages, in one namespace or several. */
export interface Call<Result> {
  /** In order; what is behind one that fails is not sent. */
  readonly steps: readonly Step[];
  /** Where it has an effect, also if no step is sent there. */
  readonly places?: readonly NetlinkTransport[] | undefined;
  /** Sent if a step behind the first fails. */
  readonly undo?: Step | undefined;
  /** What the answers to the steps say. */
  readonly result: (answers: readonly Answer<unknown>[]) => Result;
}

/**
 * Sends what a call asks for. It takes its place in the order of all namespaces concerned now, and nothing that is asked there
 * later comes between its steps. Throws if a message cannot be encoded; rejects with the failure of the step that failed, when it is undone.
 */
export function run<Result>(call: Call<Result>): Promise<Result> {
  return resultOf(call, answersTo(call));
}

async function resultOf<Result>(call: Call<Result>, answered: Promise<Answer<unknown>[]>): Promise<Result> {
  const answers = await answered;
  for (const [index, answer] of answers.entries()) {
    const { at, request, within } = call.steps[index]!;
    if (answer.errno !== 0) {
      const { property } = answer;
      const place = within === undefined || property === undefined ? property : `${within}.${property}`;
      const done = call.undo === undefined ? call.steps.slice(0, index).flatMap(({ changes = [] }) => changes) : [];
      throw at.failure(request, { ...answer, property: place }, done);
    }
    warn(request, answer);
  }
  return call.result(answers);
}

function answersTo<Result>({ steps, undo, places = [] }: Call<Result>): Promise<Answer<unknown>[]> {
  const { at, request } = steps[0]!;
  const furnishing = currentFurnishing();
  const others = new Set([...places, ...steps.map((step) => step.at)]);
  others.delete(at);
  if (others.size > 0) {
    if (furnishing?.isBroken === true) return Promise.resolve(steps.map(() => notSent));
    return inTrip(furnishing, steps, undo, [...others]);
  }
  if (steps.length === 1) return alone(at.enqueue(request));
  const undoing = undo === undefined ? [] : [{ request: undo.request, isUndo: true }];
  return at.sendGroup([...steps, ...undoing]);
}

async function alone(answered: Promise<Answer<unknown>>): Promise<Answer<unknown>[]> {
  return [await answered];
}

/** Sends the steps in a trip of their own, or in that of a furnishing. */
function inTrip(
  furnishing: Furnishing | undefined,
  steps: readonly Step[],
  undo: Step | undefined,
  others: readonly NetlinkTransport[],
): Promise<Answer<unknown>[]> {
  const trip = furnishing?.trip ?? new Trip();
  const answered: Promise<Answer<unknown>[]>[] = [];
  const send = (at: NetlinkTransport, members: readonly Member[], undoes?: Leg): Leg => {
    const { leg, answers } = at.sendGroupIn(trip, members, undoes);
    answers.catch(() => undefined);
    answered.push(answers);
    return leg;
  };
  // In the namespace that is being made all is in the order of the trip, and ends with it.
  const joined = others.filter((other) => furnishing === undefined || !other.isMadeBy(furnishing));
  const isUndone = undo !== undefined && (furnishing === undefined || joined.length === others.length);
  try {
    for (const other of joined) other.joinTrip(trip);
    const [first, ...behind] = runsOf(steps);
    const creating = send(first!.at, first!.steps);
    for (const { at, steps: members } of behind) send(at, members);
    if (isUndone) send(undo.at, [{ request: undo.request, isUndo: true }], creating);
    for (const other of joined) other.joinTrip(trip);
  } catch (error) {
    if (furnishing === undefined) trip.fail(error);
    throw error;
  }
  if (furnishing === undefined) {
    trip.send(() => {
      trip.end();
    });
  }
  return flat(answered);
}

async function flat(answered: readonly Promise<Answer<unknown>[]>[]): Promise<Answer<unknown>[]> {
  return (await Promise.all(answered)).flat();
}

/** Steps one behind the other that are sent at the same place. */
function runsOf(steps: readonly Step[]): { at: NetlinkTransport; steps: Step[] }[] {
  const runs: { at: NetlinkTransport; steps: Step[] }[] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last?.at === step.at) last.steps.push(step);
    else runs.push({ at: step.at, steps: [step] });
  }
  return runs;
}

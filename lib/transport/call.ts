import { placeIn } from '../errors';
import type { Query, Request } from '../protocol/netlink';
import { notSent, type Answer, type Member } from './batch';
import { warn } from './failures';
import type { Answers, NetlinkTransport } from './netlink-transport';
import { currentFurnishing, Trip, type TripPart } from './trip';

/** One message of a call that takes several. */
export interface Step {
  /** Where it is sent. */
  readonly at: NetlinkTransport;
  readonly request: Request | Query<unknown>;
  /** The property of the call's options from which it is made: 'peer'. */
  readonly within?: string | undefined;
  /** The properties that it changes, for the error of a later step. */
  readonly changes?: readonly string[] | undefined;
}

/** The messages of one call, in one namespace or several. */
export interface Call<Result> {
  /** In order; none is sent after one that fails. */
  readonly steps: readonly Step[];
  /** All namespaces that it affects, also those to which no step is sent. */
  readonly places?: readonly NetlinkTransport[] | undefined;
  /** Sent if a later step than the first fails. */
  readonly undo?: Step | undefined;
  /** The result, from the answers to the steps. */
  readonly result: (answers: readonly Answer<unknown>[]) => Result;
}

/**
 * Sends the messages of a call. It takes its place in the order of all namespaces concerned now, and no later call
 * there comes between its steps. Throws if a message cannot be encoded; rejects with the failure of the first failed
 * step, after it has been undone.
 */
export function run<Result>(call: Call<Result>): Promise<Result> {
  const { steps, undo } = call;
  const { at, request } = steps[0]!;
  const others = placesBeside(at, call);
  if (others.length > 0) return resultOf(call, inTrip(steps, undo, others));
  if (steps.length === 1) return resultOf(call, at.enqueue(request));
  const undoing = undo === undefined ? [] : [{ request: undo.request, isUndo: true }];
  return resultOf(call, at.sendGroup([...steps, ...undoing]));
}

function placesBeside(at: NetlinkTransport, { steps, places = [] }: Call<unknown>): NetlinkTransport[] {
  const others: NetlinkTransport[] = [];
  for (const place of places) if (place !== at && !others.includes(place)) others.push(place);
  for (const step of steps) if (step.at !== at && !others.includes(step.at)) others.push(step.at);
  return others;
}

async function resultOf<Result>(call: Call<Result>, answered: Promise<Answers> | Promise<Answers[]>): Promise<Result> {
  const found = await answered;
  const answers = Array.isArray(found) ? found.flat() : [found];
  for (let index = 0; index < call.steps.length; index++) {
    const answer = answers[index]!;
    if (answer.errno !== 0) throw failureOf(call, index, answer);
    warn(call.steps[index]!.request, answer);
  }
  return call.result(answers);
}

function failureOf<Result>({ steps, undo }: Call<Result>, index: number, answer: Answer<unknown>): Error {
  const { at, request, within } = steps[index]!;
  const { property } = answer;
  const place = within === undefined || property === undefined ? property : placeIn(within, property);
  const done = undo === undefined ? steps.slice(0, index).flatMap(({ changes = [] }) => changes) : [];
  return at.failure(request, { ...answer, property: place }, done);
}

/** Sends the steps in a trip of their own, or in that of a furnishing. */
function inTrip(
  steps: readonly Step[],
  undo: Step | undefined,
  others: readonly NetlinkTransport[],
): Promise<Answers[]> {
  const furnishing = currentFurnishing();
  if (furnishing?.isBroken === true) return Promise.resolve(steps.map(() => notSent));
  // In a namespace that is being made everything is in the order of the trip, and ends with it.
  const joined = furnishing === undefined ? others : others.filter((other) => !other.isMadeBy(furnishing));
  const isUndone = undo !== undefined && joined.length === others.length;
  const trip = furnishing?.trip ?? new Trip();
  const answered: Promise<Answers>[] = [];
  const send = (at: NetlinkTransport, members: readonly Member[], undoes?: TripPart): TripPart => {
    const { part, answers } = at.sendIn(trip, members, undoes);
    answered.push(answers);
    return part;
  };
  const before = trip.size;
  try {
    for (const other of joined) other.joinTrip(trip, isSentAt(other, steps, undo));
    const [first, ...behind] = runsOf(steps);
    const creating = send(first!.at, first!.steps);
    for (const { at, steps: members } of behind) send(at, members);
    if (isUndone) send(undo.at, [undo], creating);
    for (const other of joined) other.joinTrip(trip);
  } catch (error) {
    // The steps that were encoded are not sent.
    void Promise.allSettled(answered);
    trip.takeBack(before, error);
    throw error;
  }
  if (furnishing === undefined) {
    trip.send(() => {
      trip.end();
    });
  }
  return Promise.all(answered);
}

function isSentAt(place: NetlinkTransport, steps: readonly Step[], undo: Step | undefined): boolean {
  return undo?.at === place || steps.some(({ at }) => at === place);
}

/** Consecutive steps that are sent to the same place. */
function runsOf(steps: readonly Step[]): { at: NetlinkTransport; steps: Step[] }[] {
  const runs: { at: NetlinkTransport; steps: Step[] }[] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last?.at === step.at) last.steps.push(step);
    else runs.push({ at: step.at, steps: [step] });
  }
  return runs;
}

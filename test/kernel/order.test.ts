import { readdirSync } from 'node:fs';

import fc from 'fast-check';

import { createNamespace, type NetworkNamespace } from '../../lib';
import { describeKernel, feature } from '../support/kernel';
import type { Call } from '../support/order/calls';
import { inOneTick, oneByOne, upToFailure } from '../support/order/making';
import { names } from '../support/order/names';
import { errorOf, hasFailed, type Outcome } from '../support/order/outcomes';
import { anySequence, furnishingSequence, type Sequence } from '../support/order/sequences';
import { stateOf, type State } from '../support/order/state';
import { newWorld, quietNamespace } from '../support/order/world';
import { ip } from '../support/oracle';
import { namespacesHeld } from '../support/process';
import { uniqueName } from '../support/scratch';
import { lastFound } from '../support/until';

// Order is a law: sequences of calls that chance has put together have to come out as they do awaited one by one. RTNETLINK_ORDER_SEED
// and RTNETLINK_ORDER_RUNS choose other sequences than always the same few; what fails prints both, and what to call.

const given = process.env.RTNETLINK_ORDER_RUNS;
const seed = Number(process.env.RTNETLINK_ORDER_SEED ?? 3);
/** What few runs may take on a slow machine, and what shrinking may take where one fails; unlimited where their number was asked for. */
const LIMIT_MS = given === undefined ? 30_000 : 1_000_000;
jest.setTimeout(3 * LIMIT_MS);

/** Runs a property with so many sequences, or as many as were asked for. */
async function always<Given>(
  runs: number,
  arbitrary: fc.Arbitrary<Given>,
  check: (one: Given) => Promise<void>,
): Promise<void> {
  let running = Promise.resolve();
  const property = fc.asyncProperty(arbitrary, (one) => (running = check(one)));
  try {
    await fc.assert(property, { seed, numRuns: Number(given ?? runs), interruptAfterTimeLimit: LIMIT_MS });
  } finally {
    // Time ends in the middle of a run.
    await running.catch(() => undefined);
  }
}

const withIpv6 = feature('IPv6', 'test -d /proc/sys/net/ipv6');

/** What came of a sequence. */
interface Ending {
  outcomes: Outcome[];
  a: State;
  b: State;
}

async function endingOf({ before, calls }: Sequence, make: typeof oneByOne): Promise<Ending> {
  await using world = await newWorld();
  await oneByOne(before, world);
  const outcomes = await make(calls, world);
  const [a, b] = await Promise.all([stateOf(world.a), stateOf(world.b)]);
  return { outcomes, a, b };
}

describeKernel('calls of all verbs, in two namespaces', [withIpv6], () => {
  test('end alike when they are awaited one by one twice: what is compared does not change by itself', async () => {
    await always(5, anySequence, async (sequence) => {
      const [once, again] = await Promise.all([endingOf(sequence, oneByOne), endingOf(sequence, oneByOne)]);

      expect(again).toEqual(once);
    });
  });

  test('made in one tick end as when they are awaited one by one', async () => {
    await always(20, anySequence, async (sequence) => {
      const [awaited, made] = await Promise.all([endingOf(sequence, oneByOne), endingOf(sequence, inOneTick)]);

      expect(made).toEqual(awaited);
    });
  });
});

describeKernel('calls in furnish', [withIpv6], () => {
  const unhandled = jest.fn();

  beforeEach(() => {
    unhandled.mockReset();
    process.on('unhandledRejection', unhandled);
  });
  afterEach(() => process.off('unhandledRejection', unhandled));

  test('that all succeed end as when they are awaited one by one', async () => {
    await always(8, furnishingSequence, async ({ before, calls }) => {
      const succeeding = await succeedingOf({ before, calls });

      const [awaited, made] = await Promise.all([
        afterAwaiting({ before, calls: succeeding }),
        afterFurnishing({ before, calls: succeeding }),
      ]);

      expect(made).toEqual(awaited);
    });
  });

  test('of which one fails leave nothing, and reject with the first failure in their order', async () => {
    await always(8, furnishingSequence, async ({ before, calls }) => {
      const failure = await firstFailureOf({ before, calls });
      fc.pre(failure !== undefined);
      await using a = await quietNamespace();
      await using aside = await quietNamespace();
      await oneByOne(before, { a, aside, b: a });
      const name = uniqueName();
      const held = namespacesHeld();

      const creation = createNamespace(name, (b) => calls.map((call) => call.make({ a, aside, b })));
      const error: unknown = await creation.then(release, (reason: unknown) => reason);

      expect(errorOf(error)).toEqual(failure);
      expect(readdirSync('/run/netns')).not.toContain(name);
      expect(await lastFound(() => namespacesHeld().filter((one) => !held.includes(one)), isEmpty)).toEqual([]);
      expect(await lastFound(() => endsElsewhere(a), isEmpty)).toEqual([]);
      await new Promise(setImmediate);
      expect(unhandled).not.toHaveBeenCalled();
    });
  });
});

/** The calls of a sequence that succeed where the others are not made. */
async function succeedingOf({ before, calls }: Sequence): Promise<Call[]> {
  const { outcomes } = await afterAwaiting({ before, calls });
  const succeeding = calls.filter((_, number) => !hasFailed(outcomes[number]!));
  return succeeding.length === calls.length ? calls : await succeedingOf({ before, calls: succeeding });
}

async function firstFailureOf({ before, calls }: Sequence): Promise<Outcome | undefined> {
  await using world = await newWorld();
  await oneByOne(before, world);
  const last = (await upToFailure(calls, world)).at(-1);
  if (last === undefined || !hasFailed(last)) return undefined;
  const { call, ...failure } = last;
  return failure;
}

async function afterAwaiting({ before, calls }: Sequence): Promise<Ending> {
  await using a = await quietNamespace();
  await using aside = await quietNamespace();
  await oneByOne(before, { a, aside, b: a });
  await using b = await createNamespace();
  const outcomes = await oneByOne(calls, { a, aside, b });
  return { outcomes, a: await stateOf(a), b: await stateOf(b) };
}

async function afterFurnishing({ before, calls }: Sequence): Promise<Ending> {
  await using a = await quietNamespace();
  await using aside = await quietNamespace();
  await oneByOne(before, { a, aside, b: a });
  await using b = await createNamespace(undefined, (made) => calls.map((call) => call.make({ a, aside, b: made })));
  return { outcomes: calls.map((call) => ({ call: String(call) })), a: await stateOf(a), b: await stateOf(b) };
}

/** The links of a namespace whose other end is in one that was made for a sequence. */
async function endsElsewhere(namespace: NetworkNamespace): Promise<unknown[]> {
  const rows = await ip(namespace, 'link show');
  const lone: readonly unknown[] = names.lone;
  return rows.filter((row) => 'link_netnsid' in row && !lone.includes(row.ifname)).map(({ ifname }) => ifname);
}

async function release(namespace: NetworkNamespace): Promise<unknown> {
  await namespace.delete();
  return new Error('it was made');
}

function isEmpty(found: unknown[]): boolean {
  return found.length === 0;
}

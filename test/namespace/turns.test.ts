import { inTurn } from '../../lib/namespace/turns';

/** Longer than a slice of the event loop's time. */
const LONG_MS = 2;

const holdTheLoop = () => {
  for (const until = performance.now() + LONG_MS; performance.now() < until;);
};
const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve));

describe('what is asked for together', () => {
  test('is begun in order, and ends as it does alone', async () => {
    const begun: number[] = [];
    const one = (number: number) =>
      inTurn(async () => {
        begun.push(number);
        await turnOfTheLoop();
        if (number % 5 === 0) throw new Error(`no ${number}`);
        return number;
      });

    const ended = await Promise.allSettled(Array.from({ length: 20 }, (_, number) => one(number)));

    expect(begun).toEqual(Array.from({ length: 20 }, (_, number) => number));
    expect(ended.map((end) => (end.status === 'fulfilled' ? end.value : 'no'))).toEqual(
      Array.from({ length: 20 }, (_, number) => (number % 5 === 0 ? 'no' : number)),
    );
  });

  test('lets others have the event loop in between', async () => {
    let begun = 0;
    let [before, most] = [0, 0];
    const all = Array.from({ length: 12 }, () =>
      inTurn(async () => {
        begun++;
        holdTheLoop();
        await turnOfTheLoop();
      }),
    );
    const atOnce = begun;
    let isOver = false;
    void Promise.all(all).then(() => (isOver = true));
    before = begun;
    while (!isOver) {
      await turnOfTheLoop();
      most = Math.max(most, begun - before);
      before = begun;
    }

    expect(atOnce).toBe(4);
    expect(begun).toBe(12);
    expect(most).toBe(1);
  });

  test('is begun at once where it is asked for one after the other', async () => {
    for (let number = 0; number < 10; number++) {
      let isBegun = false;
      const one = inTurn(() => {
        isBegun = true;
        return turnOfTheLoop();
      });

      expect(isBegun).toBe(true);
      await one;
    }
  });
});

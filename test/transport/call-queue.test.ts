import { holdAll, CallQueue } from '../../lib/transport/call-queue';

test('work waits for what holds the queue, in its order', () => {
  const queue = new CallQueue();
  const done: string[] = [];
  let pass: () => void = () => undefined;

  queue.hold((letPass) => {
    done.push('held');
    pass = letPass;
  });
  queue.enter(() => done.push('first'));
  queue.enter(() => done.push('second'));
  expect(done).toEqual(['held']);
  expect(queue.isFree).toBe(false);

  pass();
  expect(done).toEqual(['held', 'first', 'second']);
  expect(queue.isFree).toBe(true);
});

test('thousands that wait for two queues pass one after the other, without nesting', () => {
  const [one, other] = [new CallQueue(), new CallQueue()];
  const passed: number[] = [];
  let pass: () => void = () => undefined;
  one.hold((letPass) => {
    pass = letPass;
  });

  for (let number = 0; number < 20_000; number++) {
    holdAll([number % 2 === 0 ? one : other, number % 2 === 0 ? other : one], (letPass) => {
      passed.push(number);
      letPass();
    });
  }
  expect(passed).toEqual([]);

  pass();
  expect(passed).toEqual(Array.from({ length: 20_000 }, (_, number) => number));
  expect([one.isFree, other.isFree]).toEqual([true, true]);
});

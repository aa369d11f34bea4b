import { holdAll, Line } from '../../lib/transport/line';

test('work waits for what holds the line, in its order', () => {
  const line = new Line();
  const done: string[] = [];
  let pass: () => void = () => undefined;

  line.hold((letPass) => {
    done.push('held');
    pass = letPass;
  });
  line.enter(() => done.push('first'));
  line.enter(() => done.push('second'));
  expect(done).toEqual(['held']);
  expect(line.isFree).toBe(false);

  pass();
  expect(done).toEqual(['held', 'first', 'second']);
  expect(line.isFree).toBe(true);
});

test('thousands that wait for two lines pass one after the other, without nesting', () => {
  const [one, other] = [new Line(), new Line()];
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

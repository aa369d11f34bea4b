import type * as library from '../../lib/transport/idle-sockets';

const TURN = 1000;
const MOST = 256;

let idle: typeof library;
let closed: number[];

beforeEach(() => {
  jest.useFakeTimers();
  jest.isolateModules(() => {
    idle = jest.requireActual<typeof library>('../../lib/transport/idle-sockets');
  });
  closed = [];
});

afterEach(() => {
  jest.useRealTimers();
});

function owner(number: number) {
  return {
    closeSocket: () => {
      closed.push(number);
    },
  };
}

describe('a socket that nobody uses', () => {
  test('is closed once, after one or two turns', () => {
    idle.unused(owner(1));

    jest.advanceTimersByTime(TURN);
    expect(closed).toEqual([]);
    jest.advanceTimersByTime(TURN);
    expect(closed).toEqual([1]);
    jest.advanceTimersByTime(10 * TURN);
    expect(closed).toEqual([1]);
    expect(idle.idleSockets()).toBe(0);
  });

  test('is not closed while it is used, and has its whole time afterwards', () => {
    const one = owner(1);
    idle.unused(one);
    jest.advanceTimersByTime(TURN);

    idle.inUse(one);
    jest.advanceTimersByTime(5 * TURN);
    expect(closed).toEqual([]);

    idle.unused(one);
    jest.advanceTimersByTime(TURN - 1);
    expect(closed).toEqual([]);
    jest.advanceTimersByTime(TURN + 1);
    expect(closed).toEqual([1]);
  });

  test('is closed at its own time, whoever else begins later', () => {
    idle.unused(owner(1));
    jest.advanceTimersByTime(1.5 * TURN);
    idle.unused(owner(2));

    jest.advanceTimersByTime(TURN);
    expect(closed).toEqual([1]);
    jest.advanceTimersByTime(TURN);
    expect(closed).toEqual([1, 2]);
  });

  test('is closed in its turn where many are, by which others have the event loop in between', () => {
    for (let number = 0; number < 150; number++) idle.unused(owner(number));

    jest.advanceTimersByTime(2 * TURN);
    const atOnce = closed.length;
    jest.advanceTimersByTime(10);

    expect(atOnce).toBe(64);
    expect(closed).toEqual(Array.from({ length: 150 }, (_, number) => number));
    expect(jest.getTimerCount()).toBe(0);
  });

  test('keeps no timer, and no process, when all are closed', () => {
    idle.unused(owner(1));
    expect(jest.getTimerCount()).toBe(1);

    jest.advanceTimersByTime(3 * TURN);

    expect(jest.getTimerCount()).toBe(0);
  });
});

test('no more than a number of them stay open, those that were used last', () => {
  const owners = Array.from({ length: MOST + 2 }, (_, number) => owner(number));
  for (const one of owners.slice(0, MOST)) idle.unused(one);
  idle.inUse(owners[0]!);
  idle.unused(owners[0]!);
  expect(closed).toEqual([]);

  idle.unused(owners[MOST]!);
  idle.unused(owners[MOST + 1]!);

  expect(closed).toEqual([1, 2]);
  expect(idle.idleSockets()).toBe(MOST);
});

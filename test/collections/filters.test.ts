import { flushFilter, type FlushFilter } from '../../lib/collections/filters';
import type { NeighborFilter } from '../../lib';
import { thrownBy } from '../support/bytes';

const read = (...given: unknown[]) => flushFilter(given[0] as FlushFilter<NeighborFilter>, "{ device: 'eth0' }");

test.each([
  { device: 'eth0' },
  { device: 0 },
  { family: 4 },
  { proxy: true },
  { proxy: false, device: 'eth0' },
  { state: 'stale' },
])('%j names what to flush', (filter) => {
  expect(read(filter)).toEqual(filter);
});

test('what is inherited counts, and what a class has by getters', () => {
  class OfDevice {
    readonly family = 4;
    readonly #device = 'eth0';
    get device() {
      return this.#device;
    }
  }
  class Reachable extends OfDevice {
    get state() {
      return undefined;
    }
  }

  expect(read(Object.assign(Object.create({ device: 'eth0' }) as object, { family: 4 }))).toEqual({
    ...{ family: 4, device: 'eth0' },
  });
  expect(read(new OfDevice())).toEqual({ family: 4, device: 'eth0' });
  expect(() => read(new Reachable())).toThrow('state: must not be undefined');
});

test("'all' is everything", () => {
  expect(read('all')).toEqual({});
});

const noFilter = (given: string) => `filter: must be a filter such as { device: 'eth0' }, or 'all', not ${given}`;
const nothingNamed = (given: string) =>
  `filter: must name what to flush, such as { device: 'eth0' }, or be 'all', not ${given}`;

test.each<[unknown, string]>([
  [undefined, noFilter('undefined')],
  [null, noFilter('null')],
  ['eth0', noFilter("'eth0'")],
  ['All', noFilter("'All'")],
  [true, noFilter('true')],
  [4, noFilter('4')],
  [{}, nothingNamed('{}')],
  [[], noFilter('[]')],
  [{ proxy: false }, nothingNamed('{ proxy: false }')],
  [
    { device: undefined },
    "device: must not be undefined: give it a value or leave it out; flush('all') takes everything",
  ],
  [
    { device: undefined, family: 4 },
    "device: must not be undefined: give it a value or leave it out; flush('all') takes everything",
  ],
  [
    { device: 'eth0', state: undefined },
    "state: must not be undefined: give it a value or leave it out; flush('all') takes everything",
  ],
])('%j is refused', (filter, message) => {
  expect(thrownBy(() => read(filter))).toMatchObject({
    name: 'TypeError',
    message,
    property: message.split(':')[0],
  });
});

test('each property is read once', () => {
  let reads = 0;
  const filter = {
    get device() {
      return reads++ === 0 ? 'eth0' : undefined;
    },
  };

  expect(read(filter)).toEqual({ device: 'eth0' });
});

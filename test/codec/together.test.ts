import {
  apartFrom,
  canonical,
  flag,
  message,
  needing,
  struct,
  u32,
  uint32,
  unless,
  withoutIdle,
  Writer,
  type Fields,
} from '../../lib/codec';
import { encoded, thrownBy } from '../support/bytes';

const sample = message(struct({ index: uint32 }), {
  mtu: u32(1),
  drop: apartFrom(flag(2), 'mtu', 'queue'),
  queue: u32(3),
  length: needing(u32(4), 'queue'),
});

const write = (values: object, only?: string[]) =>
  encoded((writer) => {
    sample.encode(writer, values, { only: only && new Set(only) });
  });

test.each([
  { drop: true },
  { drop: false, mtu: 1 },
  { drop: true, mtu: undefined },
  { queue: 1, length: 2 },
  { length: undefined, mtu: 1 },
])('%j can stand together', (values) => {
  expect(() => write(values)).not.toThrow();
});

test.each<[object, string]>([
  [{ mtu: 1, drop: true }, 'drop: cannot be combined with mtu'],
  [{ drop: true, queue: 0 }, 'drop: cannot be combined with queue'],
  [{ length: 1 }, 'length: needs queue'],
  [{ length: 1, queue: undefined }, 'length: needs queue'],
])('%j cannot', (values, message) => {
  expect(thrownBy(() => write(values))).toMatchObject({ message });
});

test('what a request passes over is not asked for, and in nobody’s way', () => {
  expect(() => write({ drop: true, mtu: 1 }, ['drop'])).not.toThrow();
  expect(canonical(sample, { length: 7 })).toEqual({ length: 7 });
});

test('a declaration that names what it does not have is refused', () => {
  const written = (fields: Fields) => () => {
    message(struct({ index: uint32 }), fields).encode(new Writer(), {});
  };

  expect(written({ drop: apartFrom(flag(2), 'mut') })).toThrow('mut');
  expect(written({ length: needing(u32(4), 'queue') })).toThrow('queue');
});

describe('one of several, and values that stand for none', () => {
  const other = message(struct({ index: uint32 }), {
    rate: unless(0, u32(1)),
    cell: needing(unless(0, u32(2)), 'rate'),
    overhead: needing(unless(0, u32(3)), 'cell'),
    order: needing(u32(4), 'rate', 'delay'),
    delay: u32(5),
    loss: apartFrom(u32(6), 'delay'),
  });
  const writeOther = (values: object) =>
    encoded((writer) => {
      other.encode(writer, values);
    });

  test.each<[object, string | undefined]>([
    [{ cell: 1, rate: 0 }, 'cell: needs rate'],
    [{ cell: 0 }, undefined],
    [{ order: 0 }, 'order: needs rate or delay'],
    [{ order: 1, delay: 1 }, undefined],
    [{ order: 1, rate: 1 }, undefined],
  ])('%j', (values, message) => {
    if (message === undefined) expect(() => writeOther(values)).not.toThrow();
    else expect(thrownBy(() => writeOther(values))).toMatchObject({ message });
  });

  test('rows lose what could not be given back', () => {
    const tidy = withoutIdle(other.fields);
    expect(tidy({ cell: 1, overhead: 2, order: 3, loss: 4 })).toEqual({ loss: 4 });
    expect(tidy({ rate: 1, cell: 1, overhead: 2, order: 3, loss: 4, delay: 5 })).toEqual({
      ...{ rate: 1, cell: 1, overhead: 2, order: 3, delay: 5 },
    });
  });
});

import { inspect } from 'node:util';

import { blank } from '../../../lib/codec/fast/blank';

test.each([0, 1, 12, 13, 40, 64, 65, 200])(
  'a blank object for %i properties is as a literal, each time a new one',
  (size) => {
    const make = blank(size);
    const filled = make() as Record<string, unknown>;
    for (let index = 0; index < size; index++) filled[`property${String(index)}`] = index;

    const next = make();

    expect(next).not.toBe(filled);
    expect(next).toStrictEqual({});
    expect(Object.getPrototypeOf(next)).toBe(Object.prototype);
    expect(inspect(next)).toBe('{}');
    expect(Object.entries(filled)).toEqual(
      Array.from({ length: size }, (_, index) => [`property${String(index)}`, index]),
    );
  },
);

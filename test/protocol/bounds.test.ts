import type { AttributeSet, Fields } from '../../lib/codec';
import { sourceOf } from '../../lib/codec';
import { linkFields } from '../../lib/protocol/link-attributes';
import { linkKinds, portKinds } from '../../lib/protocol/link-kinds';
import { attributes } from '../../lib/codec';
import { routes } from '../../lib/protocol/route-message';
import { routeMetrics } from '../../lib/protocol/route-metrics';
import { attribute, bytes } from '../support/bytes';

const header = { destinationLength: 24, sourceLength: 24, flags: 0 };
const sets: [string, AttributeSet<Fields>][] = [
  ['links', attributes(linkFields)],
  ...Object.values(linkKinds).map(({ kind, data }): [string, AttributeSet<Fields>] => [kind, data]),
  ...Object.values(portKinds).map(({ kind, data }): [string, AttributeSet<Fields>] => [`${kind} port`, data]),
  ['IPv4 routes', routes.inet.attributes],
  ['IPv6 routes', routes.inet6.attributes],
  ['metrics of routes', routeMetrics],
];

test.each(sets)('no attribute of %s reads what is behind it, however short it is', (_of, set) => {
  for (const [number, reader] of set.readers.entries()) {
    if (reader === undefined || reader === 'ignored') continue;
    for (let length = 0; length <= 24; length++) {
      const payload = Uint8Array.from({ length }, (_, index) => index + 1);
      const [one, other] = [0x11, 0xee].map((around) => {
        const source = sourceOf(bytes(new Uint8Array(8).fill(around), payload, new Uint8Array(64).fill(around)));
        const values: unknown[] = [];
        for (let each: typeof reader | undefined = reader; each !== undefined; each = each.next) {
          values.push(each.decode(source, 8, 8 + length, number, undefined, header));
        }
        return [...values, reader.holdsMore?.(source, 8, 8 + length, number)];
      });

      expect(one).toEqual(other);
    }
  }
});

test.each(sets)('no attribute of %s that is cut reads what is behind it', (_of, set) => {
  const whole = bytes(...set.readers.flatMap((reader, number) => (reader === undefined ? [] : [attribute(number, 7)])));
  const read = (around: number) => {
    const source = sourceOf(bytes(new Uint8Array(8).fill(around), whole, new Uint8Array(64).fill(around)));
    const target = {};
    set.decodeInto(target, source, 8, 8 + whole.length, { header });
    return target;
  };

  expect(read(0x11)).toEqual(read(0xee));
});

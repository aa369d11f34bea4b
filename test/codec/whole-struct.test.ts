import { field, uint16, uint32, attributes, wholeStruct } from '../../lib/codec';
import { attribute, decoded, encoded, thrownBy, u16, u32 } from '../support/bytes';

const set = attributes({ mapping: field(1, wholeStruct({ from: uint32, to: uint16 })) });
const write = (mapping: unknown) =>
  encoded((writer) => {
    set.encode(writer, { mapping } as object);
  });

test('members stand in the order of the struct', () => {
  const content = attribute(1, u32(1), u16(2));

  expect(write({ to: 2, from: 1 })).toEqual(content);
  expect(decoded(set, content)).toEqual({ mapping: { from: 1, to: 2 } });
});

test.each<[mapping: unknown, message: string]>([
  [{ from: 1 }, 'mapping.to: must be a number, not undefined'],
  [{ from: 1, to: 2, too: 3 }, "mapping.too: is not a property known here: did you mean 'to'?"],
  [{ from: 1, to: 65536 }, 'mapping.to: must be a whole number from 0 to 65535, not 65536'],
  [7, 'mapping: must be { from, to }, not 7'],
  [null, 'mapping: must be { from, to }, not null'],
])('%j is refused', (mapping, message) => {
  expect(thrownBy(() => write(mapping))).toMatchObject({ message });
});

import {
  anyIf,
  anyIfZero,
  choice,
  common,
  comparedBy,
  comparer,
  constant,
  field,
  ipType,
  member,
  message,
  network,
  notCompared,
  readOnly,
  struct,
  u32,
  uint8,
} from '../../lib/codec';
import { thrownBy } from '../support/bytes';

const header = struct({ family: uint8, length: uint8, tos: uint8, scope: uint8 });
const thing = message(header, {
  id: constant(u32(1), 0),
  network: anyIfZero(network(2, 'inet', header, 'length')),
  tos: anyIfZero(member(header, 'tos')),
  scope: anyIf((value) => value === 255, member(header, 'scope')),
  who: common(anyIfZero(choice(3, { nobody: 0, somebody: 1 }))),
  source: anyIfZero(field(4, ipType)),
  note: notCompared(u32(5)),
  group: comparedBy((row, described) => (row.group as number) >= (described.group as number))(u32(6)),
  state: readOnly(u32(7)),
});
const { checkSays, isTelling, isTakenFor } = comparer(thing);

test.each([
  { network: '0.0.0.0/0' },
  { tos: 0 },
  { scope: 255 },
  { who: 'nobody' },
  { who: 0 },
  { source: '0.0.0.0' },
  { source: '::' },
])('%j stands for any', (said) => {
  expect(
    thrownBy(() => {
      checkSays(said);
    }),
  ).toMatchObject({ name: 'RangeError', property: Object.keys(said)[0] });
});

test.each([
  { network: '10.0.0.0/8' },
  { tos: 1 },
  { scope: 0 },
  { who: 'somebody' },
  { source: '10.0.0.1' },
  { id: 0 },
])('%j says something', (said) => {
  checkSays(said);
});

test('a bad value is left to the encoder, and what is not given to nobody', () => {
  checkSays({ who: 'else', source: 7, network: null, tos: undefined });
});

test('a whole row may say any, for lists do', () => {
  checkSays({ id: 1, tos: 0, scope: 255, who: 'nobody' });
});

test('what is common, or not compared, does not tell which is meant', () => {
  expect(isTelling({ who: 'somebody', note: 5, state: 7, tos: undefined })).toBe(false);
  expect(isTelling({ tos: 1 })).toBe(true);
});

test('one is taken for another that has all that is compared', () => {
  const row = { id: 1, tos: 4, scope: 0, who: 'somebody', note: 1, group: 5 } as const;

  expect(isTakenFor(row, { ...row, who: 'nobody', scope: 255, note: 2, state: 9, group: 4 })).toBe(true);
  expect(isTakenFor(row, { ...row, tos: 0 })).toBe(true);
  expect(isTakenFor(row, { ...row, tos: 5 })).toBe(false);
  expect(isTakenFor(row, { ...row, group: 6 })).toBe(false);
  expect(isTakenFor(row, { ...row, source: '10.0.0.1' })).toBe(false);
});

import { copyRoom } from '../../../lib/codec/fast/copies';

const shape = (index: number) => ({ common: 'here', [`of${String(index)}`]: index, same: 1 });
const namesOf = (index: number) => Object.keys(shape(index));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

test('a copy has the properties of the object, in their order, and is a new one each time', () => {
  const room = copyRoom();
  for (const index of upTo(20)) {
    const copy = room.copies(shape(index));
    const first = copy();
    Object.assign(first, { common: 'changed' });

    const second = copy();

    expect(second).toStrictEqual(shape(index));
    expect(Object.keys(second)).toEqual(namesOf(index));
    expect(Object.getPrototypeOf(second)).toBe(Object.prototype);
  }
});

test('however many shapes one declaration has, the others keep their room', () => {
  const [busy, other] = [copyRoom(), copyRoom()];
  const ofBusy = upTo(1000).map((index) => busy.placeOf(namesOf(index)));

  const ofOther = upTo(8).map((index) => other.placeOf(namesOf(index)));

  expect(ofOther).not.toContain(undefined);
  expect(ofOther.filter((place) => ofBusy.includes(place))).toEqual([]);
});

test('no place in the code has more than four shapes, and a shape keeps its place', () => {
  const room = copyRoom();
  const places = upTo(1000).map((index) => room.placeOf(namesOf(index)));
  const shapesOf = new Map<unknown, number>();
  for (const place of places) if (place !== undefined) shapesOf.set(place, (shapesOf.get(place) ?? 0) + 1);

  expect([...shapesOf.values()]).toEqual([4, 4]);
  expect(upTo(1000).map((index) => room.placeOf(namesOf(index)))).toEqual(places);
});

test('where no place is left, copies are made all the same', () => {
  const rooms = upTo(100).map(() => copyRoom());

  for (const room of rooms) expect(room.copies(shape(1))()).toStrictEqual(shape(1));
  expect(rooms.at(-1)!.placeOf(namesOf(2))).toBeUndefined();
});

// V8 gives objects that have the same properties in the same order one description (a shape, or hidden class) and keeps
// their values side by side. An object that begins as `{}` has four places in itself; if many properties are added by
// computed names, as a decoder adds them, V8 turns it into a hash table, five times as large and three times as slow to
// fill. How many places an object has is decided by the function that makes it: as many as that function's text assigns,
// less what the first few objects leave free. So each size has such a function. Any number of shapes can share one.

type Constructor = new () => object;

/** Objects of more properties have places for so many, and the rest apart. */
const MOST_PLACES = 64;
/** V8 looks at seven objects. */
const FIRST_OBJECTS = 8;

const constructors: Constructor[] = [];

function constructorOf(size: number): Constructor {
  const places = Math.min(size, MOST_PLACES);
  return (constructors[places] ??= newConstructor(places));
}

function newConstructor(places: number): Constructor {
  // Never called with true: the assignments are only counted.
  const constructor = function (this: Record<string, unknown>, isFilled?: true): void {
    if (isFilled !== true) return;
    this.a0 = this.a1 = this.a2 = this.a3 = this.a4 = this.a5 = this.a6 = this.a7 = undefined;
    this.b0 = this.b1 = this.b2 = this.b3 = this.b4 = this.b5 = this.b6 = this.b7 = undefined;
    this.c0 = this.c1 = this.c2 = this.c3 = this.c4 = this.c5 = this.c6 = this.c7 = undefined;
    this.d0 = this.d1 = this.d2 = this.d3 = this.d4 = this.d5 = this.d6 = this.d7 = undefined;
    this.e0 = this.e1 = this.e2 = this.e3 = this.e4 = this.e5 = this.e6 = this.e7 = undefined;
    this.f0 = this.f1 = this.f2 = this.f3 = this.f4 = this.f5 = this.f6 = this.f7 = undefined;
    this.g0 = this.g1 = this.g2 = this.g3 = this.g4 = this.g5 = this.g6 = this.g7 = undefined;
    this.h0 = this.h1 = this.h2 = this.h3 = this.h4 = this.h5 = this.h6 = this.h7 = undefined;
  } as unknown as Constructor;
  // The objects are as plain as literals.
  constructor.prototype = Object.prototype;
  // They are kept until V8 has looked, and filled one after the other, for it looks when the last is made.
  const first: object[] = [];
  while (first.length < FIRST_OBJECTS) {
    const object = new constructor() as Record<string, unknown>;
    first.push(object);
    for (let place = 0; place < places; place++) object[`place${String(place)}`] = null;
  }
  return constructor;
}

/** Makes empty objects that have room for so many properties. */
export function blank(size: number): () => object {
  let constructor: Constructor | undefined;
  return () => new (constructor ??= constructorOf(size))();
}

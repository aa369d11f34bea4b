import { blank } from './blank';

// A copy of an object takes 30 ns where V8 has met at most four shapes at that place in the code, else a microsecond or
// more, for good. Functions made of the same text share what V8 has met. So there are many such places, written out: each
// declaration takes places of its own, and however many shapes are decoded elsewhere, they are not met there.

type Copier = (template: object) => object;

const SHAPES_OF_PLACE = 4;
/** Of one declaration: for eight shapes. Those of a table are two to five, as a rule. */
const PLACES_OF_DECLARATION = 2;

/** Enough for 32 declarations whose tables are listed in one process. With none left, objects are made as those of rare shapes. */
const places: Copier[] = [
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
];

/** The shapes of one declaration's objects. */
export interface CopyRoom {
  /** Makes copies of an object, whose properties they share. */
  copies: (of: object) => () => object;
  /** Where objects of this shape are copied; undefined for those that came when the declaration had as many as it can have. */
  placeOf: (names: readonly string[]) => Copier | undefined;
}

/** Room for a declaration. The first shapes get it: V8 cannot be made to forget one for another. */
export function copyRoom(): CopyRoom {
  const known = new Map<string, Copier>();
  const own: Copier[] = [];

  function placeOf(names: readonly string[]): Copier | undefined {
    const key = textOf(names);
    const earlier = known.get(key);
    if (earlier !== undefined || known.size === SHAPES_OF_PLACE * PLACES_OF_DECLARATION) return earlier;
    if (known.size === SHAPES_OF_PLACE * own.length) {
      const next = places.pop();
      if (next === undefined) return undefined;
      own.push(next);
    }
    const place = own.at(-1)!;
    known.set(key, place);
    return place;
  }

  return {
    placeOf,
    copies(of) {
      const names = Object.keys(of);
      const copy = placeOf(names);
      if (copy === undefined) return filler(names, Object.values(of));
      // Made of the text that V8 makes shapes of, so that the places of its properties take values of any type.
      const template = Object.assign(JSON.parse(textOf(names)) as object, of);
      return () => copy(template);
    },
  };
}

/** The text of an object with these properties. */
function textOf(names: readonly string[]): string {
  return `{${names.map((name) => `${JSON.stringify(name)}:null`).join()}}`;
}

/** Makes objects by setting each property: 0.1 us more than a copy of ten takes, with any number of shapes. */
function filler(names: readonly string[], values: readonly unknown[]): () => object {
  const make = blank(names.length);
  return () => {
    const object = make() as Record<string, unknown>;
    for (let at = 0; at < names.length; at++) object[names[at]!] = values[at];
    return object;
  };
}

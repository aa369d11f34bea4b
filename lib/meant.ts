import { iproute2Words } from './iproute2-words';
import { packages } from './packages';

/** The name among some for which another program has this word; undefined if there is none. */
export function wordAmong(name: string, names: ReadonlySet<string>): string | undefined {
  return iproute2Words.get(letters(name))?.find((one) => names.has(one));
}

/** The property that a name stands for: in another spelling, in iproute2's words, inside another property, or misspelt. */
export function meantBy(name: string, names: readonly string[], inner: readonly string[] = []): string | undefined {
  const words = [letters(name), ...(iproute2Words.get(letters(name)) ?? []).map(letters)];
  const found = words.map((word) => names.find((one) => letters(one) === word)).find((one) => one !== undefined);
  if (found !== undefined) return found;
  const valued = iproute2Words.get(letters(name))?.find((one) => names.some((known) => one.startsWith(`${known}: `)));
  if (valued !== undefined) return valued;
  const [inside, other] = inner.filter((one) => words.includes(letters(one.slice(one.indexOf('.') + 1))));
  if (inside !== undefined && other === undefined) return inside;
  const joined = inner.find((one) => letters(one.replace('.', '')) === letters(name));
  if (joined !== undefined) return joined;
  return nearestOf(name, names);
}

/** A word is similar if at most one in this many letters differs. */
const LETTERS_FOR_ONE_WRONG = 4;

/** The most similar word, or the only one that begins with the given letters; undefined if there is none. */
export function nearestOf(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const { closest, distance } = packages.levenshtein;
  const given = letters(name);
  const known = names.map(letters);
  const nearest = closest(given, known);
  // With two letters, one that agrees says nothing.
  const isShort = Math.max(given.length, nearest.length) < 3;
  const allowed = isShort ? 0 : Math.ceil(given.length / LETTERS_FOR_ONE_WRONG);
  if (distance(given, nearest) <= allowed) return names[known.indexOf(nearest)];
  // Two swapped letters count as two differences.
  return names.find((one) => inOrder(one) === inOrder(name)) ?? inFull(given, names);
}

/** The only name that begins with some letters. */
function inFull(short: string, names: readonly string[]): string | undefined {
  if (short.length < 3) return undefined;
  const [found, other] = names.filter((name) => letters(name).startsWith(short));
  return other === undefined ? found : undefined;
}

/** A name in a normal form without differences in spelling: 'ageing_time' and 'ageingTime' are the same. */
function letters(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

function inOrder(name: string): string {
  return Array.from(letters(name)).sort().join('');
}

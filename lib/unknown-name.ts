import { show, wrongType, wrongValue } from './errors';
import { iproute2Words } from './iproute2-words';
import { packages } from './packages';

/** What helps to find out what an unknown name stands for. */
interface Known {
  /** Properties inside others: 'metrics.mtu'. */
  inner?: readonly string[];
  /** If nothing similar is known, all known names are listed after these words: 'the filters are'. */
  listed?: string;
}

/** The error for an unknown name, with a suggestion if there is a likely one. */
export function unknownName(
  name: string,
  known: Iterable<string>,
  reason = 'is not a property known here',
  { inner, listed }: Known = {},
): Error {
  const names = [...known];
  const meant = meantBy(name, names, inner);
  if (meant !== undefined) return wrongValue(`${reason}: did you mean ${show(meant)}?`, name);
  return wrongValue(listed === undefined ? reason : `${reason}; ${listed} ${names.join(', ')}`, name);
}

/** The error for a missing property; suggests it if a similar name was given. */
export function missingName(property: string, given: object, reason = 'is missing'): Error {
  const misspelt = Object.keys(given).find((name) => name !== property && meantBy(name, [property]) !== undefined);
  return misspelt === undefined ? wrongType(reason, property) : unknownName(misspelt, [property]);
}

const LACKING = 'this kernel does not have it';

/** The explanation for a kind that the kernel does not know, with the declared kind that may be meant. */
export function hintOfKind(kind: string, declared: readonly string[]): string {
  const nearest = declared.includes(kind) ? undefined : nearestOf(kind, declared);
  return nearest === undefined ? LACKING : `${LACKING}: did you mean ${show(nearest)}?`;
}

/** The property that a name stands for: in another spelling, in iproute2's words, inside another property, or misspelt. */
function meantBy(name: string, names: readonly string[], inner: readonly string[] = []): string | undefined {
  const words = [letters(name), ...(iproute2Words.get(letters(name)) ?? []).map(letters)];
  const found = words.map((word) => names.find((one) => letters(one) === word)).find((one) => one !== undefined);
  if (found !== undefined) return found;
  const [inside, other] = inner.filter((one) => words.includes(letters(one.slice(one.indexOf('.') + 1))));
  if (inside !== undefined && other === undefined) return inside;
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

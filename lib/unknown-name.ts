import { show, wrongType, wrongValue } from './errors';
import { iproute2Words } from './iproute2-words';
import { packages } from './packages';

/** What helps to tell what an unknown name stands for. */
interface Known {
  /** Properties inside others: 'metrics.mtu'. */
  inner?: readonly string[];
  /** Where nothing is meant, the names that are known are told behind this: 'the filters are'. */
  listed?: string;
}

/** The error of a name that is none of those that are known; it tells the one that is probably meant, if there is one. */
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

/** The error of a property without which nothing can be said of the others: one that is misspelt is told. */
export function missingName(property: string, given: object, reason = 'is missing'): Error {
  const misspelt = Object.keys(given).find((name) => name !== property && meantBy(name, [property]) !== undefined);
  return misspelt === undefined ? wrongType(reason, property) : unknownName(misspelt, [property]);
}

const LACKING = 'this kernel does not have it';

/** What is said of a kind that the kernel does not know, and which declared one may be meant. */
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

/** A word is near where no more than one of so many letters is wrong. */
const LETTERS_FOR_ONE_WRONG = 4;

/** The word that differs in few letters, or that is the only one to begin with so many; undefined if there is none. */
export function nearestOf(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const { closest, distance } = packages.levenshtein;
  const given = letters(name);
  const known = names.map(letters);
  const nearest = closest(given, known);
  // Of two words of two letters, one of them says nothing.
  const isShort = Math.max(given.length, nearest.length) < 3;
  const allowed = isShort ? 0 : Math.ceil(given.length / LETTERS_FOR_ONE_WRONG);
  if (distance(given, nearest) <= allowed) return names[known.indexOf(nearest)];
  // Two letters that changed places count as two that differ.
  return names.find((one) => inOrder(one) === inOrder(name)) ?? inFull(given, names);
}

/** The only name that begins with some letters. */
function inFull(short: string, names: readonly string[]): string | undefined {
  if (short.length < 3) return undefined;
  const [found, other] = names.filter((name) => letters(name).startsWith(short));
  return other === undefined ? found : undefined;
}

/** A name without what differs in spelling alone: 'ageing_time' and 'ageingTime' are the same. */
function letters(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

function inOrder(name: string): string {
  return Array.from(letters(name)).sort().join('');
}

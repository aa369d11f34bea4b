import { show, wrongType, wrongValue } from './errors';
import { packages } from './packages';

/** The error of a name that is none of those that are known; it names the nearest where one is near enough to be meant. */
export function unknownName(name: string, known: Iterable<string>, reason = 'is not a property known here'): Error {
  const nearest = nearestOf(name, [...known]);
  return wrongValue(nearest === undefined ? reason : `${reason}: did you mean ${show(nearest)}?`, name);
}

/** The error of a property without which nothing can be said of the others: one that is misspelt is told. */
export function missingName(property: string, given: object, reason = 'is missing'): Error {
  const misspelt = Object.keys(given).find((name) => name !== property && nearestOf(name, [property]) !== undefined);
  return misspelt === undefined ? wrongType(reason, property) : unknownName(misspelt, [property]);
}

/** What is said of a kind that the kernel does not know: which declared one may be meant, or that it is the kernel that lacks it. */
export function hintOfKind(kind: string, declared: readonly string[]): string {
  const nearest = declared.includes(kind) ? undefined : nearestOf(kind, declared);
  return nearest === undefined ? 'this kernel does not have it' : `did you mean ${show(nearest)}?`;
}

/** The name that differs in few letters, two fifths of them at most, or that is shortened; undefined if there is none. */
export function nearestOf(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const { closest, distance } = packages.levenshtein;
  const nearest = closest(name, names);
  const isNear = distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(1, name.length / 2.5);
  // Two letters that changed places count as two that differ.
  return isNear ? nearest : (names.find((one) => lettersOf(one) === lettersOf(name)) ?? inFull(name, names));
}

/** The shortest of the names that have the letters of another in their order, as `preferredSource` has those of iproute2's `prefsrc`. */
function inFull(short: string, names: readonly string[]): string | undefined {
  if (!/^[a-z]{3,}$/i.test(short)) return undefined;
  const found = names.filter((name) => hasInOrder(name.toLowerCase(), short.toLowerCase()));
  return found.sort((one, other) => one.length - other.length)[0];
}

/** Whether a name begins with the first of some letters, and has the others behind it, in their order. */
function hasInOrder(name: string, letters: string): boolean {
  let behind = 0;
  for (const letter of letters) {
    const found = name.indexOf(letter, behind);
    if (found < 0 || (behind === 0 && found > 0)) return false;
    behind = found + 1;
  }
  return true;
}

function lettersOf(name: string): string {
  return Array.from(name.toLowerCase()).sort().join('');
}

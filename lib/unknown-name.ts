/* eslint-disable @typescript-eslint/no-require-imports -- what may be meant is needed where something is wrong */
import { show, wrongType, wrongValue } from './errors';
import type * as Meant from './meant';
import { whenNeeded } from './when-needed';

const meant = whenNeeded({ names: () => require('./meant') as typeof Meant });

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
  const found = meantBy(name, names, inner);
  if (found !== undefined) return wrongValue(`${reason}: did you mean ${shown(found)}?`, name);
  const before = listed ?? (names.length <= FEW ? (names.length === 1 ? 'known is' : 'known are') : undefined);
  return wrongValue(
    before === undefined || names.length === 0 ? reason : `${reason}; ${before} ${names.join(', ')}`,
    name,
  );
}

/** So many names are listed where none is similar. */
const FEW = 6;

/** A name in quotes; one with a value as it is written: `{ up: false }`. */
function shown(name: string): string {
  return name.includes(': ') ? `{ ${name} }` : show(name);
}

/** The error for a missing property; suggests it if a similar name was given. */
export function missingName(property: string, given: object, reason = 'is missing'): Error {
  const misspelt = Object.keys(given).find((name) => name !== property && meantBy(name, [property]) !== undefined);
  return misspelt === undefined ? wrongType(reason, property) : unknownName(misspelt, [property]);
}

/**
 * The explanation for a kind that the kernel does not know: the module that would have it, by the name that the kernel asks modprobe for, and
 * the declared kind that may be meant.
 */
export function hintOfKind(kind: string, declared: readonly string[], module: string): string {
  const nearest = declared.includes(kind) ? undefined : nearestOf(kind, declared);
  const lacking = `this kernel does not have ${show(kind)}, nor a module for it (${module})`;
  return nearest === undefined ? lacking : `${lacking}: did you mean ${show(nearest)}?`;
}

/** The property that a name stands for: in another spelling, in iproute2's words, inside another property, or misspelt. */
function meantBy(name: string, names: readonly string[], inner?: readonly string[]): string | undefined {
  return unlessUnloaded(() => meant.names.meantBy(name, names, inner));
}

/** The name among some for which iproute2 has this word; undefined if there is none. */
export function wordAmong(name: string, names: ReadonlySet<string>): string | undefined {
  return unlessUnloaded(() => meant.names.wordAmong(name, names));
}

/** The most similar word, or the only one that begins with the given letters; undefined if there is none. */
export function nearestOf(name: string, names: readonly string[]): string | undefined {
  return unlessUnloaded(() => meant.names.nearestOf(name, names));
}

/** Without a descriptor left nothing can be loaded: then nothing is suggested. */
function unlessUnloaded(find: () => string | undefined): string | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

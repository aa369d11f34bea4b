import { at, isArray, isObject, show, wrongType, wrongValue } from '../../../../errors';
import { nearestOf } from '../../../../unknown-name';
import { changed, inChanges } from './changes';
import { isFamily, type SelectorFamily } from './family';
import { selectors, type Named } from './index';
import { nameOfNftWord } from './nft-words';
import { isSelector, type Selector, type SelectorTree } from './selector';

type Node = Selector | SelectorFamily | SelectorTree;

/** What has a name in a tree. */
function nodeIn(tree: Node, name: string): Node | undefined {
  return isTree(tree) && Object.hasOwn(tree, name) ? tree[name] : undefined;
}

/** The same where there has to be something. Throws, with the path that led to the tree, if there is nothing. */
function checkedNode(tree: Node, name: string, path: readonly string[]): Node {
  const found = nodeIn(tree, name);
  if (found === undefined) throw unknownField(tree, name, path);
  return found;
}

function isTree(node: Node): node is SelectorTree {
  return !isSelector(node) && !isFamily(node);
}

function unknownField(tree: Node, name: string, path: readonly string[]): Error {
  const known = Object.keys(tree);
  const of = path.length === 0 ? 'nothing of a packet' : `no field of ${path.join('.')}`;
  return wrongValue(`is ${of}: ${suggestion(name, known)}`, [...path, name].join('.'));
}

function suggestion(name: string, known: readonly string[]): string {
  const meant = nameOfNftWord(name, known) ?? nearestOf(name, known);
  return meant === undefined ? `one of ${known.join(', ')}` : `did you mean '${meant}'?`;
}

/** One name and what stands under it. Throws unless there is exactly one; the error says what to write for further ones: 'a statement'. */
export function onlyOne(given: object, forEach?: string): [name: string, value: unknown] {
  const values = given as Record<string, unknown>;
  let only: string | undefined;
  for (const name in values) {
    if (values[name] === undefined) continue;
    if (only !== undefined) throw notOne(values, forEach);
    only = name;
  }
  if (only === undefined) throw notOne(values);
  return [only, values[only]];
}

function notOne(given: Record<string, unknown>, forEach?: string): Error {
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  const hint = forEach === undefined ? '' : `: write ${forEach} for each`;
  return wrongType(`must have one property, not ${names.length === 0 ? 'none' : `${names.join(', ')}${hint}`}`);
}

/** A field, and what is said of it: `{ ip: { source: '10.0.0.1' } }`. */
export interface SaidOf extends Named {
  readonly value: unknown;
}

/** Where each selector stands, once it was asked for: each has one place. */
const places = new WeakMap<Selector, readonly string[]>();

/** The field that something is said of. */
export function saidOf(given: unknown): SaidOf {
  let node: Node = selectors;
  let rest = given;
  for (let depth = 0; ; depth++) {
    if (!isObject(rest) || isArray(rest)) {
      const place = namesIn(given, depth).join('.');
      throw wrongType(`must be an object with one of its fields, not ${show(rest)}`, place || undefined);
    }
    const [name, inner] = onlyOne(rest, 'a statement');
    const found: Node | undefined = nodeIn(node, name);
    if (found === undefined) throw unknownField(node, name, namesIn(given, depth));
    node = found;
    if (isSelector(node)) {
      let path = places.get(node);
      if (path === undefined) places.set(node, (path = namesIn(given, depth + 1)));
      return { path, selector: node, value: inner };
    }
    if (isFamily(node)) return saidOfFamily(namesIn(given, depth + 1), node, inner);
    rest = inner;
  }
}

/** The first names on the way into an object. */
function namesIn(given: unknown, depth: number): string[] {
  const names: string[] = [];
  for (let rest = given; names.length < depth;) {
    const [name, inner] = onlyOne(rest as object);
    names.push(name);
    rest = inner;
  }
  return names;
}

function saidOfFamily(path: readonly string[], family: SelectorFamily, given: unknown): SaidOf {
  const place = path.join('.');
  if (!isObject(given) || isArray(given))
    throw wrongType(`must be an object with ${[...family.parameters, ...family.results].join(', ')}`, place);
  const results: string[] = Object.keys(given).filter(
    (name) => !isParameter(family, name) && (given as Record<string, unknown>)[name] !== undefined,
  );
  const [result] = results;
  const unknown = results.find((name) => !family.results.includes(name));
  if (unknown !== undefined) {
    const known = [...family.parameters, ...family.results];
    throw wrongValue(`is nothing of ${place}: ${suggestion(unknown, known)}`, `${place}.${unknown}`);
  }
  if (result === undefined || results.length > 1)
    throw wrongType(`must have one of ${family.results.join(', ')}, not ${results.join(' and ') || 'none'}`, place);
  return { ...named(path, family, given, result), value: (given as Record<string, unknown>)[result] };
}

function isParameter(family: SelectorFamily, name: string): boolean {
  return family.parameters.includes(name);
}

function named(path: readonly string[], family: SelectorFamily, given: object, result: string): Named {
  const parameters: Record<string, unknown> = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => isParameter(family, name) && value !== undefined),
  );
  const selector = at(path.join('.'), () => family.select(result, parameters, (field) => namedOf(field).selector));
  return { path: [...path, result], selector, family, parameters };
}

/** The selector of a field: 'mark', { ip: 'source' }, { numgen: { mode: 'random', modulus: 2 } }. */
export function namedOf(field: unknown): Named {
  if (isObject(field) && !isArray(field) && 'of' in field) {
    const inner = at('of', () => namedOf(field.of));
    return { ...inner, selector: changed(inner.selector, field) };
  }
  const path: string[] = [];
  let node: Node = selectors;
  let rest = field;
  while (isObject(rest) && !isArray(rest)) {
    const [name, inner] = onlyOne(rest);
    node = checkedNode(node, name, path);
    path.push(name);
    if (isFamily(node)) return namedOfFamily(path, node, inner);
    rest = inner;
  }
  if (typeof rest !== 'string')
    throw wrongType(`must be a field such as 'mark' or { ip: 'source' }, not ${show(field)}`);
  const selector = checkedNode(node, rest, path);
  path.push(rest);
  if (!isSelector(selector)) throw wrongValue(`must name one of ${Object.keys(selector).join(', ')}`, path.join('.'));
  if (selector.isWriteOnly === true) throw wrongValue('can be written, and not be asked for', path.join('.'));
  return { path, selector };
}

function namedOfFamily(path: readonly string[], family: SelectorFamily, given: unknown): Named {
  const place = path.join('.');
  if (!isObject(given) || isArray(given))
    throw wrongType(`must be an object with ${family.parameters.join(', ')}`, place);
  const { result = family.results.length === 1 ? family.results[0] : undefined, ...parameters } = given as {
    result?: unknown;
  };
  if (!(family.results as readonly unknown[]).includes(result))
    throw wrongValue(`must be one of ${family.results.join(', ')}, not ${show(result)}`, `${place}.result`);
  const unknown = Object.keys(parameters).find((name) => !isParameter(family, name));
  if (unknown !== undefined)
    throw wrongValue(`is nothing of ${place}: there are ${family.parameters.join(', ')}`, `${place}.${unknown}`);
  return named(path, family, parameters, result as string);
}

/** A test at its place: { ip: { source: ... } }. */
export function placeOf({ path, parameters }: Named, value: unknown): object {
  // A loop, since lists have many.
  let index = path.length - 1;
  let inner: object = parameters === undefined ? { [path[index]!]: value } : { ...parameters, [path[index]!]: value };
  while (--index >= 0) inner = { [path[index]!]: inner };
  return inner;
}

/** A field as callers say it. */
export function fieldOf({ path: given, fieldPath: path = given, family, parameters, selector }: Named): unknown {
  const [last, outer] = [path.at(-1), path.slice(0, -1)];
  const inner = family === undefined ? last : { ...parameters, ...(family.results.length > 1 && { result: last }) };
  const field = outer.reduceRight<unknown>((rest, name) => ({ [name]: rest }), inner);
  return selector.steps === undefined && selector.isAsIs !== true ? field : inChanges(field, selector);
}

import { isObject, show, wrongType, wrongValue } from '../../../../errors';
import { nearestOf } from '../../../../unknown-name';
import { selectors, type Named } from './index';
import { isSelector, type Selector, type SelectorTree } from './selector';

/** The selector that has a name in a tree. Throws, with the path to it, if there is none. */
export function selectorAt(path: readonly string[]): Selector | SelectorTree {
  let tree: Selector | SelectorTree = selectors;
  for (const [index, name] of path.entries()) {
    const inner: Selector | SelectorTree | undefined =
      !isSelector(tree) && Object.hasOwn(tree, name) ? tree[name] : undefined;
    if (inner === undefined) throw unknownField(tree as SelectorTree, name, path.slice(0, index));
    tree = inner;
  }
  return tree;
}

function unknownField(tree: SelectorTree, name: string, path: readonly string[]): Error {
  const known = Object.keys(tree);
  const of = path.length === 0 ? 'nothing of a packet' : `no field of ${path.join('.')}`;
  const nearest = nearestOf(name, known);
  const hint = nearest === undefined ? `one of ${known.join(', ')}` : `did you mean '${nearest}'?`;
  return wrongValue(`is ${of}: ${hint}`, [...path, name].join('.'));
}

/** One name and what stands under it. Throws unless there is exactly one. */
export function onlyOne(given: object): [name: string, value: unknown] {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  if (entries.length !== 1) {
    throw wrongType(
      `must have one property, not ${entries.length === 0 ? 'none' : entries.map(([name]) => name).join(', ')}`,
    );
  }
  return entries[0]!;
}

/** The selector of a field: 'mark', { ip: 'source' }. */
export function namedOf(field: unknown): Named {
  const path: string[] = [];
  let rest = field;
  while (isObject(rest)) {
    const [name, inner] = onlyOne(rest);
    path.push(name);
    rest = inner;
  }
  if (typeof rest !== 'string')
    throw wrongType(`must be a field such as 'mark' or { ip: 'source' }, not ${show(field)}`);
  path.push(rest);
  const selector = selectorAt(path);
  if (!isSelector(selector)) throw wrongValue(`must name one of ${Object.keys(selector).join(', ')}`, path.join('.'));
  return { path, selector };
}

/** A field by its path. */
export function fieldOf(path: readonly string[]): unknown {
  return path.slice(0, -1).reduceRight<unknown>((inner, name) => ({ [name]: inner }), path.at(-1));
}

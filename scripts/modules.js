'use strict';

// What the modules of lib/ export, and what each needs of the others: at once (import), or when it is first used (require).

const { transformSync } = require('esbuild');
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

const lib = path.join(__dirname, '..', 'lib');

/**
 * A module, as it is without types and comments.
 *
 * @typedef {object} Module
 * @property {string} id its path in lib/, without the ending: 'codec/words'
 * @property {number} size bytes
 * @property {Map<string, Origin>} names what it exports, each with the module where that is made
 * @property {boolean} isIndex whether it only hands on what others export
 * @property {Set<string>} imports the modules that it needs at once, behind those that only hand on
 * @property {Set<string>} requires the modules that it loads when it first needs them
 *
 * @typedef {{ id: string, name: string }} Origin
 */

/** All modules by their ids. @returns {Map<string, Module>} */
exports.readModules = () => {
  const files = readdirSync(lib, { recursive: true }).filter((file) => file.endsWith('.ts'));
  const texts = new Map(files.map((file) => [file.slice(0, -'.ts'.length), plainText(path.join(lib, file))]));
  const parts = new Map(Array.from(texts, ([id, text]) => [id, partsOf(id, text, texts)]));
  const modules = new Map();
  for (const id of texts.keys()) modules.set(id, moduleOf(id, texts.get(id), parts));
  return modules;
};

/** The module that another one means by a path: './words'; undefined for what is no module of lib/. */
exports.resolveIn = (ids, from, relative) => resolveFrom(ids, path.posix.dirname(from), relative);

function resolveFrom(ids, directory, relative) {
  const id = path.posix.join(directory, relative);
  return [id, `${id}/index`].find((one) => ids.has(one));
}

/** A file without types and comments, in the form in which esbuild prints it. */
function plainText(file) {
  return transformSync(readFileSync(file, 'utf8'), { loader: 'ts', format: 'esm', target: 'esnext' }).code;
}

/** What a text says to other modules. */
function partsOf(id, text, ids) {
  const resolve = (relative) => {
    const found = exports.resolveIn(ids, id, relative);
    if (found === undefined) throw new Error(`${id} names ${relative}, which is no module of lib/`);
    return found;
  };
  const statements = text.matchAll(/^(import|export) (?:(\*)|\{([^}]*)\}) from "(\.[^"]+)";$/gm);
  const taken = Array.from(statements, ([, word, star, list, from]) => ({
    isExport: word === 'export',
    names: star === undefined ? namesIn(list) : undefined,
    from: resolve(from),
  }));
  const exported = Array.from(text.matchAll(/^export \{([^}]*)\};$/gm), ([, list]) => namesIn(list)).flat();
  // What is handed on is printed as an import, and an export of that.
  const own = exported.filter(({ there, name }) => {
    const source = taken.find(({ names = [] }) => names.some((one) => one.name === there));
    const from = source?.names.find((one) => one.name === there);
    if (from !== undefined) taken.push({ isExport: true, names: [{ there: from.there, name }], from: source.from });
    return from === undefined;
  });
  const required = Array.from(text.matchAll(/\brequire\("(\.[^"]+)"\)/g), ([, from]) => resolve(from));
  const others = text.replace(/^(?:import|export) (?:\*|\{[^}]*\})(?: from "[^"]+")?;$/gm, '');
  for (const { there, name } of own) {
    if (new RegExp(`^let ${there}\\b`, 'm').test(text)) throw new Error(`${id} exports ${name}, which changes`);
  }
  if (/^(import|export) (?!\w+ from "node:)/m.test(others) && /^(import|export) .*"\./m.test(others)) {
    throw new Error(`${id} imports or exports in a way that is not read here`);
  }
  return { taken, own, required, hasCode: others.trim() !== '' };
}

/** `a, b as c` as pairs: what it is called there, and here. */
function namesIn(list) {
  return list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => {
      const [there, here = there] = one.split(' as ');
      return { there, name: here };
    });
}

function moduleOf(id, text, parts) {
  const { taken, required, hasCode } = parts.get(id);
  const imports = new Set();
  for (const { isExport, names, from } of taken) {
    // What is handed on is needed by those who ask for it.
    if (isExport && !hasCode) continue;
    if (names === undefined || names.length === 0) imports.add(from);
    else for (const { there } of names) imports.add(originOf(from, there, parts).id);
  }
  const isIndex = !hasCode && taken.length > 0;
  const names = namesOf(id, parts);
  if (isIndex) for (const { id: origin } of names.values()) imports.add(origin);
  imports.delete(id);
  return { id, size: text.length, names, isIndex, imports, requires: new Set(required) };
}

function namesOf(id, parts) {
  const names = new Map();
  const { taken, own } = parts.get(id);
  for (const { name } of own) names.set(name, { id, name });
  for (const { isExport, names: handedOn, from } of taken) {
    if (!isExport) continue;
    const all = handedOn ?? Array.from(namesOf(from, parts).keys(), (name) => ({ there: name, name }));
    for (const { there, name } of all) names.set(name, originOf(from, there, parts));
  }
  return names;
}

/** Where a name is made that a module exports. */
function originOf(id, name, parts) {
  const { taken, own } = parts.get(id);
  if (own.some((one) => one.name === name)) return { id, name };
  for (const { isExport, names, from } of taken) {
    if (!isExport) continue;
    const found =
      names === undefined ? namesOf(from, parts).has(name) && { there: name } : names.find((one) => one.name === name);
    if (found) return originOf(from, found.there, parts);
  }
  throw new Error(`${id} exports no ${name}`);
}

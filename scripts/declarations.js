'use strict';

// Removes from dist/ the declarations of types that those of the doors do not lead to: nobody can ask for them, and what TypeScript infers
// can be large.

const { existsSync, readdirSync, readFileSync, rmSync } = require('node:fs');
const path = require('node:path');

/** Keeps those that the given ones lead to. */
exports.keepDeclarations = (dist, doors) => {
  const kept = new Set();
  for (const door of doors) reach(path.join(dist, `${door}.d.ts`), kept);
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (/\.d\.ts(\.map)?$/.test(file) && !kept.has(file.replace(/\.map$/, ''))) rmSync(file);
  }
  removeEmpty(dist);
};

function reach(file, found) {
  if (found.has(file)) return;
  found.add(file);
  for (const [, given] of readFileSync(file, 'utf8').matchAll(/(?:\bfrom |\bimport\()["'](\.[^"']+)["']/g)) {
    const base = path.resolve(path.dirname(file), given);
    const other = [`${base}.d.ts`, path.join(base, 'index.d.ts')].find((one) => existsSync(one));
    if (other === undefined) throw new Error(`${file} asks for ${given}, which is not there`);
    reach(other, found);
  }
}

function removeEmpty(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmpty(path.join(directory, entry.name));
  }
  if (readdirSync(directory).length === 0) rmSync(directory, { recursive: true });
}

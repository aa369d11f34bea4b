'use strict';

// Debian 12 has glibc 2.36, and a program that is linked to it needs that. So the binaries are linked to a library without code, which
// has each function of glibc in the newest version that an older glibc has as well. The real library has those versions still.

const { mkdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const { run } = require('./run');

/** Makes `libc.so.6` in a folder, to be linked to. */
exports.stubGlibc = ({ target, library }, newest, folder) => {
  mkdirSync(folder, { recursive: true });
  const symbols = newestSymbols(run(`${target}-objdump`, ['-T', path.join(library, 'libc.so.6')]), newest);
  const versions = [...new Set(symbols.map(({ version }) => version))].map((version) => {
    const names = symbols.flatMap((one) => (one.version === version ? [`${one.name};`] : []));
    return `GLIBC_${version} { global: ${names.join(' ')} };\n`;
  });
  const file = (name) => path.join(folder, name);
  writeFileSync(file('libc.s'), `.data\n${symbols.map(inAssembler).join('')}.section .note.GNU-stack,"",%progbits\n`);
  writeFileSync(file('libc.map'), versions.join(''));
  run(`${target}-gcc`, [
    ...['-shared', '-nostdlib', '-Wl,-soname,libc.so.6', `-Wl,--version-script=${file('libc.map')}`],
    ...['-o', file('libc.so.6'), file('libc.s')],
  ]);
  return file('libc.so.6');
};

function inAssembler({ name, isObject, size }) {
  const type = isObject ? 'object' : 'function';
  return `.globl ${name}\n.type ${name}, %${type}\n${name}: .skip ${size}\n.size ${name}, ${size}\n`;
}

/** Of each symbol in objdump's list the newest version up to one. */
function newestSymbols(list, newest) {
  const found = new Map();
  for (const [, type, size, version, name] of list.matchAll(
    /^[0-9a-f]+ .{6}(.) \S+\s+([0-9a-f]+)\s+\(?GLIBC_([0-9.]+)\)?\s+(\S+)$/gm,
  )) {
    const isOlder = compareVersions(version, found.get(name)?.version ?? '0') < 0;
    // Versions are symbols themselves.
    if (name.startsWith('GLIBC_') || isOlder || compareVersions(version, newest) > 0) continue;
    found.set(name, { name, version, isObject: type === 'O', size: Number.parseInt(size, 16) || 1 });
  }
  return [...found.values()];
}

/** Compares '2.4' and '2.28' by their numbers. */
function compareVersions(one, other) {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
exports.compareVersions = compareVersions;

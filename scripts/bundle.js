'use strict';

// Makes of lib/ what ships, in dist/:
//
//   index.js             the public face, which is all that an import loads: the errors, and functions that load the rest
//   errors.js            the errors
//   library.js           the rest, loaded by the first call
//   worker-bootstrap.js  for the threads of workers
//
// Each is one file, for to find and load a hundred takes several times as long. Types are tsc's.

const { build } = require('esbuild');
const { writeFileSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const lib = path.join(root, 'lib');
const dist = path.join(root, 'dist');

/** Has the errors come from their own file: whoever tells errors apart by their classes must find one of each. */
const errorsApart = {
  name: 'errors apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/(.*\/)?errors$/ }, ({ path: file, resolveDir, kind }) => {
      const isOurs = kind !== 'entry-point' && path.resolve(resolveDir, file) === path.join(lib, 'errors');
      return isOurs ? { path: './errors.js', external: true } : undefined;
    });
  },
};

const common = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.11',
  sourcemap: true,
  logLevel: 'warning',
};

async function main() {
  await build({ ...common, entryPoints: ['lib/errors.ts'] });
  const entryPoints = { library: 'lib/index.ts', 'worker-bootstrap': 'lib/programs/worker-bootstrap.ts' };
  await build({ ...common, entryPoints, plugins: [errorsApart] });
  writeFileSync(path.join(dist, 'index.js'), publicFace());
}

/** The functions that return no promise. */
const SYNCHRONOUS = new Set(['hostNamespace']);

/** The file that an import loads. */
function publicFace() {
  const errors = require(path.join(dist, 'errors.js'));
  const library = require(path.join(dist, 'library.js'));
  const exported = Object.entries(library).map(([name, value]) => {
    if (value === errors[name]) return `exports.${name} = errors.${name};`;
    if (typeof value === 'function' && !isClass(value))
      return SYNCHRONOUS.has(name)
        ? `exports.${name} = (...given) => load().${name}(...given);`
        : `exports.${name} = promising('${name}');`;
    throw new Error(`${name} is neither an error nor a function: how shall it wait for its first use?`);
  });
  return [
    `'use strict';\n`,
    `const errors = require('./errors.js');\n`,
    'let library;',
    `const load = () => (library ??= require('./library.js'));`,
    `// Where the rest cannot be loaded, since no descriptor is left, they reject.`,
    'const promising = (name) => (...given) => {',
    '  try {',
    '    load();',
    '  } catch (error) {',
    '    return Promise.reject(error);',
    '  }',
    '  return library[name](...given);',
    '};\n',
    ...exported,
    '',
  ].join('\n');
}

function isClass(value) {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

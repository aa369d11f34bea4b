'use strict';

// Makes of lib/ what ships, in dist/:
//
//   index.js             the public face, which is all that an import loads: the errors, and functions that load the rest
//   errors.js            the errors
//   library.js           what every call needs, loaded by the first one
//   shared.js, later.js  what several of the following need
//   collections-*.js ... what only some need, each loaded when it is first needed (lib/when-needed.ts); scripts/chunks.js says which
//                        modules are in which file
//   worker-bootstrap.js  for the threads of workers
//   dns-packet.js ...    packages that only some need, so that nobody has to install them; their licenses are in THIRD-PARTY.md
//
// Files are few and small: to find and load one takes as long as to compile some kilobytes, and all of it in one file would have to be
// compiled for any call. Each module is in one of them, so that nothing is there twice: no class, no cache, no runtime of the addon.
// Types are tsc's, as far as the public face leads to them (scripts/declarations.js).

const { build, transformSync } = require('esbuild');
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const { chunksOf, inOrder } = require('./chunks');
const { keepDeclarations } = require('./declarations');
const { readModules, resolveIn } = require('./modules');

const root = path.join(__dirname, '..');
const lib = path.join(root, 'lib');
const dist = path.join(root, 'dist');

/** The doors of the package: the file that an import of each loads, and the module of lib/ that has what it exports. */
const doors = { index: 'index' };
/** The packages that ship in a file of their own each. Others are asked for where the library is installed. */
const included = ['dns-packet', 'fastest-levenshtein'];
/** The modules that begin a file of their own by name, each behind those before it. */
const entries = { errors: 'errors', library: doors.index };

const common = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.11',
  sourcemap: true,
  // The sources are in the package.
  sourcesContent: false,
  logLevel: 'warning',
};

async function main() {
  const modules = readModules();
  const chunks = chunksOf(modules, entries);
  const names = uniqueNames(modules);
  const asked = askedFrom(modules, chunks, names);
  mkdirSync(dist, { recursive: true });
  // What others ask of a file is known when they are built.
  for (const chunk of inOrder(modules, chunks)) {
    const { outputFiles } = await build({
      ...common,
      outdir: undefined,
      outfile: path.join(dist, `${chunk}.js`),
      stdin: { contents: asked.of(chunk), resolveDir: root, sourcefile: `${chunk}.exports` },
      format: 'esm',
      write: false,
      plugins: [oneChunk(chunk, { modules, chunks, names })],
    });
    for (const { path: file, contents, text } of outputFiles) {
      writeFileSync(file, file.endsWith('.js') ? asCommonJs(text, (from, name) => asked.add(from, name)) : contents);
    }
  }
  const entryPoints = { 'worker-bootstrap': 'lib/programs/worker-bootstrap.ts' };
  await build({ ...common, entryPoints, plugins: [errorsApart] });
  for (const name of included) {
    const outfile = path.join(dist, `${name}.js`);
    await build({ ...common, outdir: undefined, outfile, packages: 'bundle', sourcemap: false, entryPoints: [name] });
  }
  keepDeclarations(dist, Object.keys(doors));
  for (const [door, id] of Object.entries(doors)) {
    writeFileSync(path.join(dist, `${door}.js`), faceOf(chunks.get(id), [...modules.get(id).names.keys()]));
  }
}

/** The names by which files know what others have: those of the doors as they are, others so that no two are the same. */
function uniqueNames(modules) {
  const isPublic = new Set(Object.values(entries).flatMap((id) => Array.from(modules.get(id).names.values(), textOf)));
  const origins = new Map();
  for (const { id, names } of modules.values()) {
    for (const [name, origin] of names) if (origin.id === id) origins.set(name, (origins.get(name) ?? 0) + 1);
  }
  const uniqueName = (origin) =>
    isPublic.has(textOf(origin)) || origins.get(origin.name) === 1 ? origin.name : textOf(origin);
  return { uniqueName, isPublic: (origin) => isPublic.has(textOf(origin)) };
}

/** A name of a module in one word. */
function textOf({ id, name }) {
  return `${wordOf(id)}$${name}`;
}

function wordOf(id) {
  return id.replace(/\W/g, '_');
}

/** What the files are asked for. */
function askedFrom(modules, chunks, { uniqueName, isPublic }) {
  const statements = new Map([...chunks.values()].map((chunk) => [chunk, new Set()]));
  for (const id of Object.values(entries)) statements.get(chunks.get(id)).add(`export * from './lib/${id}.ts';`);
  for (const id of chunks.keys()) {
    for (const other of modules.get(id).requires) {
      statements.get(chunks.get(other)).add(`export * as ${wordOf(other)} from './lib/${other}.ts';`);
    }
  }
  const origins = new Map();
  for (const { names } of modules.values()) for (const one of names.values()) origins.set(uniqueName(one), one);
  return {
    of: (chunk) => [...statements.get(chunk)].join('\n'),
    add(chunk, name) {
      const origin = origins.get(name);
      if (isPublic(origin)) return;
      statements.get(chunk).add(`export { ${origin.name} as ${name} } from './lib/${origin.id}.ts';`);
    },
  };
}

/** Bundles the modules of one file; what others have is taken from there. */
function oneChunk(chunk, { modules, chunks, names: { uniqueName } }) {
  return {
    name: 'one file of several',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.{1,2}\// }, ({ path: given, importer, namespace }) => {
        if (namespace === 'elsewhere') return { path: given, external: true, sideEffects: false };
        if (!importer.startsWith(`${lib}/`)) return undefined;
        const id = resolveIn(modules, path.relative(lib, importer), given);
        const of = chunks.get(id);
        if (of !== undefined && of !== chunk) return { path: id, namespace: 'elsewhere', sideEffects: false };
        // What only hands on what others have stands in each file, and is nothing there.
        return { path: `${path.join(lib, id)}.ts`, sideEffects: of !== undefined };
      });
      onLoad({ filter: /./, namespace: 'elsewhere' }, ({ path: id }) => ({
        contents: Array.from(
          modules.get(id).names,
          ([name, origin]) =>
            `import { ${uniqueName(origin)} as ${name} } from './${chunks.get(origin.id)}.js';\nexport { ${name} };`,
        ).join('\n'),
        resolveDir: lib,
      }));
      onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const id = path.relative(lib, file).slice(0, -'.ts'.length);
        // Not in comments, which end before the code of their line, or have one of their own.
        const source = readFileSync(file, 'utf8').replace(/^(?!\s*(?:\*|\/\/)).*\brequire\(.*$/gm, (line) =>
          line
            .replace(/\brequire\('(\.[^']+)'\)/g, (_, given) => {
              const needed = resolveIn(modules, id, given);
              return `require('./${chunks.get(needed)}.js').${wordOf(needed)}`;
            })
            .replace(/\brequire\('([^']+)'\)/g, (all, name) =>
              included.includes(name) ? `require('./${name}.js')` : all,
            )
            .replace(/\brequire(?=\()/g, LATER),
        );
        return { contents: withoutComments(source, file), loader: 'js' };
      });
    },
  };
}

/** Stands for `require` as long as esbuild is at work, which would see to what is required itself. */
const LATER = '$equire';

/** A file in JavaScript, without the comments of its objects: V8 reads them each time. */
function withoutComments(source, file) {
  const { code } = transformSync(source, {
    loader: 'ts',
    target: 'esnext',
    minifyWhitespace: true,
    sourcemap: 'inline',
    sourcefile: path.basename(file),
  });
  return code;
}

/**
 * Makes CommonJS of a file as esbuild prints it, line by line, so that its map stays true. esbuild's own has each name of another file looked
 * up at each use, where this takes it once: no name that is exported ever changes (modules.js).
 */
function asCommonJs(text, ask) {
  const others = new Map();
  const converted = text
    .replace(/^import (?:\* as )?(\w+) from "([^"]+)";$/gm, 'const $1 = require("$2");')
    .replace(/^import \{([^}]*)\} from "\.\/([^"]+)\.js";$/gm, (_, list, from) => {
      const word = `${wordOf(from)}$file`;
      others.set(from, word);
      for (const name of list.split(',')) ask(from, name.trim().split(' as ')[0]);
      return `const {${list.replaceAll(' as ', ': ')}} = ${word};`;
    })
    .replace(/^import \{([^}]*)\} from "([^"]+)";$/gm, (_, list, from) => {
      return `const {${list.replaceAll(' as ', ': ')}} = require("${from}");`;
    })
    .replace(/^export \{([^}]*)\};$/gm, (_, list) => {
      const pairs = list.replace(/([\w$]+) as ([\w$]+)/g, '$2: $1');
      return `module.exports = {${pairs}};`;
    })
    .replaceAll(LATER, 'require');
  const left = /^(?:import|export) .*/m.exec(converted);
  if (left !== null) throw new Error(`this is not made CommonJS of: ${left[0]}`);
  const needed = Array.from(others, ([from, word]) => `const ${word} = require("./${from}.js"); `);
  return `"use strict"; ${needed.join('')}${withNames(converted)}`;
}

/** A class that speaks of itself is called `_Name` by esbuild, and so in what is printed of it. */
function withNames(text) {
  const names = Array.from(text.matchAll(/^(?:var|let|const) (\w+) = class _\1\b/gm), ([, name]) => name);
  return names.reduce((changed, name) => changed.replace(new RegExp(`\\b_${name}\\b`, 'g'), name), text);
}

/** Has the errors come from their own file in a bundle of its own, too. */
const errorsApart = {
  name: 'errors apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/(.*\/)?errors$/ }, ({ path: file, resolveDir, kind }) => {
      const isOurs = kind !== 'entry-point' && path.resolve(resolveDir, file) === path.join(lib, 'errors');
      return isOurs ? { path: './errors.js', external: true } : undefined;
    });
  },
};

/** The functions that return no promise. */
const SYNCHRONOUS = new Set(['formatRule', 'hostNamespace']);

/** The file that an import of a door loads: it exports the errors as they are, and what loads a file when it is first asked for. */
function faceOf(chunk, names) {
  const errors = require(path.join(dist, 'errors.js'));
  const library = require(path.join(dist, `${chunk}.js`));
  const exported = names.map((name) => {
    const value = library[name];
    if (value === errors[name]) return `exports.${name} = errors.${name};`;
    // A class has to be what it is.
    if (typeof value !== 'function' || isClass(value))
      return `Object.defineProperty(exports, '${name}', { enumerable: true, get() { return load().${name}; } });`;
    return SYNCHRONOUS.has(name)
      ? `exports.${name} = { ${name}: (...given) => load().${name}(...given) }.${name};`
      : `exports.${name} = promising('${name}');`;
  });
  return [
    `'use strict';\n`,
    `const errors = require('./errors.js');\n`,
    'let library;',
    `const load = () => (library ??= require('./${chunk}.js'));`,
    `// Where the rest cannot be loaded, since no descriptor is left, they reject.`,
    'const promising = (name) => ({ [name]: (...given) => {',
    '  try {',
    '    load();',
    '  } catch (error) {',
    '    return Promise.reject(error);',
    '  }',
    '  return library[name](...given);',
    '} })[name];\n',
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

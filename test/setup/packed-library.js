'use strict';

// Every test file loads the library anew, and to find, read and compile its 150 modules takes Jest several times as long as to run
// them. So they are packed into one file when a run begins; what a test imports of lib/ comes from there, one instance of each module,
// which runs when it is first asked for. What some test mocks is not in it: jest.mock puts others in their place.

const { build } = require('esbuild');
const swc = require('@swc/jest');
const { createHash, randomUUID } = require('node:crypto');
const { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..', '..');
const lib = path.join(root, 'lib');
const packed = path.join(root, 'build-tests', 'library.js');

/** Matches the files that {@link createTransformer} is for. */
exports.transformed = `^${root.replace(/[^\w/]/g, '\\$&')}/(lib/.*\\.ts|build-tests/library\\.js)$`;

/** What a test mocks, and so is not packed. */
const apart = new Set(typescriptIn(path.join(root, 'test')).flatMap(mockedBy));

function mockedBy(file) {
  const mocks = readFileSync(file, 'utf8').matchAll(/jest\.mock\('((?:\.\.\/)+lib\/[^']+)'/g);
  return Array.from(mocks, ([, module]) => `${path.resolve(path.dirname(file), module)}.ts`);
}

function typescriptIn(directory) {
  const files = readdirSync(directory, { recursive: true }).filter((file) => file.endsWith('.ts'));
  return files.map((file) => path.join(directory, file));
}

const leftApart = {
  name: 'left apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\// }, ({ path: file, resolveDir }) => {
      const module = `${path.resolve(resolveDir, file)}.ts`;
      return apart.has(module) ? { path: module, external: true } : undefined;
    });
  },
};

/** Packs lib/ as it is now, if that is not done already. */
exports.packLibrary = async () => {
  const files = typescriptIn(lib);
  const heading = `// ${digestOf([__filename, require.resolve('esbuild'), ...files])} without ${[...apart].map(ofLib).join()}\n`;
  if (existsSync(packed) && readFileSync(packed, 'utf8').startsWith(heading)) return;
  const modules = files.filter((file) => !apart.has(file)).map(ofLib);
  const { outputFiles } = await build({
    stdin: {
      contents: modules.map((file) => `exports['${file}'] = () => require('./lib/${file}');`).join('\n'),
      resolveDir: root,
    },
    outfile: packed,
    bundle: true,
    write: false,
    banner: { js: heading },
    packages: 'external',
    platform: 'node',
    target: 'node20.11',
    sourcemap: true,
    sourcesContent: false,
    plugins: [leftApart],
    logLevel: 'warning',
  });
  mkdirSync(path.dirname(packed), { recursive: true });
  // Another run may be reading what is there. The map comes first.
  for (const { path: file, contents } of outputFiles) {
    const written = `${file}.${randomUUID()}`;
    writeFileSync(written, contents);
    renameSync(written, file);
  }
};

function ofLib(file) {
  return path.relative(lib, file);
}

/** Changes when the name or the contents of one of the files do. */
function digestOf(files) {
  const hash = createHash('sha1');
  for (const file of files.sort()) hash.update(`${file}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

/** The transformer of lib/ and of the packed file in jest.config.js: Jest has to be told of the map. */
exports.createTransformer = (options) => {
  const single = swc.createTransformer(options);
  const isSingle = (file, { instrument }) => instrument || apart.has(file);
  return {
    canInstrument: single.canInstrument,
    getCacheKey: (source, file, given) =>
      single.getCacheKey(isSingle(file, given) || file === packed ? source : `packed: ${file}`, file, given),
    process(source, file, given) {
      if (isSingle(file, given)) return single.process(source, file, given);
      if (file === packed) return { code: source, map: readFileSync(`${packed}.map`, 'utf8') };
      const module = ofLib(file);
      return { code: `module.exports = require(${JSON.stringify(packed)})['${module}']();` };
    },
  };
};

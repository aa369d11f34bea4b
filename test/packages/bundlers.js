'use strict';

const { cpSync, mkdirSync, rmSync } = require('node:fs');
const path = require('node:path');

const { commonJs, esModule, printed } = require('./program');
const { elsewhere, expectPrinted, installed, node, run, tool } = require('./support');

// The recipes of docs/bundling.md: the library stays outside the bundle; or it is in it, and its binaries beside it.

const bundlers = {
  esbuild: (isExternal) => ({
    command: (modules) => [
      path.join(modules, '.bin/esbuild'),
      ...['program.js', '--bundle', '--platform=node', '--outfile=out/bundle.js', '--log-level=warning'],
      ...(isExternal ? ['--external:rtnetlink'] : ['--external:undici']),
    ],
  }),
  webpack: (isExternal) => ({
    files: {
      'webpack.config.js': `module.exports = {
        mode: 'production', target: 'node', entry: './program.js',
        output: { path: __dirname + '/out', filename: 'bundle.js' },
        node: { __dirname: false, __filename: false },
        externals: { ${isExternal ? 'rtnetlink' : 'undici'}: 'commonjs ${isExternal ? 'rtnetlink' : 'undici'}' },
      };`,
    },
    command: (modules) => [path.join(modules, '.bin/webpack'), '--stats=errors-only'],
  }),
  rollup: (isExternal) => ({
    files: {
      'rollup.config.cjs': `
        const at = (name) => require(process.env.MODULES + '/' + name);
        module.exports = {
          input: 'program.mjs', output: { file: 'out/bundle.cjs', format: 'cjs', inlineDynamicImports: true },
          external: [/^node:/, 'fs', 'path', '${isExternal ? 'rtnetlink' : 'undici'}'],
          plugins: [
            at('@rollup/plugin-node-resolve').nodeResolve({ preferBuiltins: true }),
            at('@rollup/plugin-commonjs')({ ignoreDynamicRequires: true, ignore: ['undici'] }),
          ],
        };`,
    },
    command: (modules) => [path.join(modules, '.bin/rollup'), '-c', 'rollup.config.cjs', '--silent'],
    bundle: 'bundle.cjs',
  }),
};

async function check(name, isExternal, given) {
  const { files, command, bundle = 'bundle.js' } = bundlers[name](isExternal);
  const folder = await installed(given, { 'program.js': commonJs, 'program.mjs': esModule, ...files });
  const modules = await tool('bundlers');
  mkdirSync(path.join(folder, 'out'));
  const env = { MODULES: modules, NODE_PATH: modules };
  const [program, ...args] = command(modules);
  await run([await node(22), program, ...args], { cwd: folder, env });

  const library = path.join(folder, 'node_modules/rtnetlink');
  const out = path.join(folder, 'out');
  if (!isExternal) {
    cpSync(path.join(library, 'prebuilds'), path.join(out, 'prebuilds'), { recursive: true });
    for (const file of ['worker-bootstrap.js', 'errors.js'])
      cpSync(path.join(library, 'dist', file), path.join(out, file));
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
  }
  expectPrinted(await run(elsewhere([await node(22), path.join(out, bundle), '--worker']), { cwd: out }), printed);
}

exports.combinations = Object.keys(bundlers).flatMap((name) =>
  [true, false].map((isExternal) => ({
    name: `${name}, ${isExternal ? 'external' : 'bundled'}`,
    run: (given) => check(name, isExternal, given),
  })),
);

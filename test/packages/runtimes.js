'use strict';

const path = require('node:path');

const { commonJs, esModule, printed } = require('./program');
const { elsewhere, expectPrinted, installed, node, run, tool } = require('./support');

const runtimes = {
  'Node 20': async () => [await node(20)],
  'Node 22': async () => [await node(22)],
  'Node 24': async () => [await node(24)],
  'Node 26': async () => [await node(26)],
  Deno: async () => [path.join(await tool('deno'), '@deno/linux-x64-glibc/deno'), 'run', '-A'],
  Bun: async () => [path.join(await tool('bun'), '@oven/bun-linux-x64/bin/bun')],
};

const faces = {
  CommonJS: ['cjs', `const { createNamespace } = require('rtnetlink');`],
  'CommonJS, whole': ['cjs', `const rtnetlink = require('rtnetlink'); const { createNamespace } = rtnetlink;`],
  'named import': ['mjs', `import { createNamespace } from 'rtnetlink';`],
  'default import': ['mjs', `import rtnetlink from 'rtnetlink'; const { createNamespace } = rtnetlink;`],
  'namespace import': ['mjs', `import * as rtnetlink from 'rtnetlink'; const { createNamespace } = rtnetlink;`],
  'dynamic import': ['mjs', `const { createNamespace } = await import('rtnetlink');`],
};

const short = `
createNamespace().then(async (namespace) => {
  console.log((await namespace.links.list())[0].name);
  await namespace.close();
});
`;

let ready;
/** One project for all. */
const project = (given) =>
  (ready ??= installed(given, {
    'program.cjs': commonJs,
    'program.mjs': esModule,
    ...Object.fromEntries(
      Object.entries(faces).map(([name, [ending, text]]) => [`${name}.${ending}`, `${text}\n${short}`]),
    ),
  }));

exports.combinations = Object.entries(runtimes).flatMap(([name, command]) => [
  ...['program.cjs', 'program.mjs'].map((file) => ({
    name: `${name}, ${file === 'program.cjs' ? 'CommonJS' : 'ES module'}`,
    async run(given) {
      const folder = await project(given);
      const workers = name.startsWith('Node') ? ['--worker'] : [];
      const whole = elsewhere([...(await command()), path.join(folder, file), ...workers]);
      expectPrinted(await run(whole, { cwd: folder, env: { DENO_NO_UPDATE_CHECK: '1' } }), printed);
    },
  })),
  {
    name: `${name}, ${Object.keys(faces).join(', ')}`,
    async run(given) {
      const folder = await project(given);
      for (const [face, [ending]] of Object.entries(faces)) {
        const whole = elsewhere([...(await command()), path.join(folder, `${face}.${ending}`)]);
        expectPrinted(await run(whole, { cwd: folder }), 'lo\n');
      }
    },
  },
]);

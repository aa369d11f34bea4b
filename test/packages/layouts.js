'use strict';

const { cpSync, mkdirSync } = require('node:fs');
const path = require('node:path');

const { commonJs, printed } = require('./program');
const { elsewhere, expectPrinted, installed, node, project, run } = require('./support');
const { cleanRoot } = require('./clean-root');

exports.combinations = [
  {
    // FROM node AS build; RUN npm ci. FROM node; COPY --from=build /app/node_modules node_modules.
    name: 'an image with node_modules copied',
    async run(given) {
      const from = await installed(given);
      const to = project({ 'app/program.js': commonJs });
      mkdirSync(path.join(to, 'app/node_modules'));
      cpSync(path.join(from, 'node_modules'), path.join(to, 'app/node_modules'), { recursive: true });
      const command = [await node(22), path.join(to, 'app/program.js'), '--worker'];
      expectPrinted(await run(elsewhere(command), { cwd: to }), printed);
    },
  },
  {
    name: 'the checkout of the project elsewhere, by a link (npm link)',
    async run(given) {
      const from = await installed(given);
      const to = project({ 'program.js': commonJs });
      await run(
        ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', path.join(from, 'node_modules/rtnetlink')],
        {
          cwd: to,
        },
      );
      expectPrinted(await run(elsewhere([await node(22), path.join(to, 'program.js')]), { cwd: to }), printed);
    },
  },
  { name: 'a root with Node and nothing to compile with, offline', run: cleanRoot },
];

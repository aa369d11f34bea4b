'use strict';

const path = require('node:path');

const { installed, node, run, tool } = require('./support');

exports.combinations = [
  {
    name: 'publint',
    async run({ tarball }) {
      const cli = path.join(await tool('checks'), 'publint/src/cli.js');
      const printed = await run([await node(22), cli, tarball, '--strict']);
      if (!printed.includes('All good!')) throw new Error(printed);
    },
  },
  {
    name: 'are the types wrong?',
    async run({ tarball }) {
      const cli = path.join(await tool('checks'), '@arethetypeswrong/cli/dist/index.js');
      const printed = await run([await node(22), cli, tarball, '--format', 'ascii']);
      if (!printed.includes('No problems found')) throw new Error(printed);
    },
  },
];

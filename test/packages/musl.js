'use strict';

const path = require('node:path');

const { commonJs, printed } = require('./program');
const { elsewhere, expectPrinted, installed, run, tool } = require('./support');

// There is no Node for musl in npm's registry, but a Bun, which loads the same addon. It needs Debian's package musl, a
// libstdc++.so.6 and libgcc_s.so.1 for musl where LD_LIBRARY_PATH says, and the binaries of linux-x64-musl.

exports.combinations = [
  {
    name: 'Bun for musl',
    async run(given) {
      const folder = await installed(given, { 'program.cjs': commonJs });
      const bun = path.join(await tool('bun musl'), '@oven/bun-linux-x64-musl/bin/bun');
      expectPrinted(await run(elsewhere([bun, path.join(folder, 'program.cjs')]), { cwd: folder }), printed);
    },
  },
];

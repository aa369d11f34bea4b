'use strict';

const { copyFileSync, mkdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const { commonJs, printed } = require('./program');
const { elsewhere, expectPrinted, installed, root, run, scratch, tool } = require('./support');

// There is no Node for musl in npm's registry, but a Bun, which loads the same addon. It needs the binaries of linux-x64-musl, which
// Debian's musl-tools and a libstdc++ were made for.

exports.combinations = [
  {
    name: 'Bun for musl',
    async run(given) {
      const folder = await installed(given, { 'program.cjs': commonJs });
      const bun = path.join(await tool('bun musl'), '@oven/bun-linux-x64-musl/bin/bun');
      // For Bun alone: programs of this machine would take them as well.
      const command = ['env', `LD_LIBRARY_PATH=${await libraries()}`, bun, path.join(folder, 'program.cjs')];
      expectPrinted(await run(elsewhere(command), { cwd: folder }), printed);
    },
  },
];

/** A folder with the libraries of C++ that Bun asks for, made of those with which the binaries are linked. */
async function libraries() {
  const folder = path.join(scratch, 'musl-libraries');
  mkdirSync(folder);
  const unwinder = path.join(folder, 'libgcc_s.so.1');
  copyFileSync('/lib/x86_64-linux-gnu/libgcc_s.so.1', unwinder);
  // That asks glibc first where a function is, and looks itself if glibc does not know. What it has for the kinds of processors nobody asks.
  const answer = path.join(folder, 'answer.c');
  const unused = 'int __cpu_model[4]; int __cpu_indicator_init(void) { return 0; }';
  writeFileSync(answer, `int _dl_find_object(void *address, void *result) { return -1; } ${unused}\n`);
  const standard = path.join(root, 'build-prebuilt/libstdcxx-musl/installed/lib/libstdc++.a');
  const parts = ['-Wl,-soname,libstdc++.so.6', '-Wl,--whole-archive', standard, '-Wl,--no-whole-archive', unwinder];
  const output = path.join(folder, 'libstdc++.so.6');
  await run(['musl-gcc', '-shared', '-fPIC', '-nodefaultlibs', '-o', output, answer, ...parts, '-lc']);
  return folder;
}

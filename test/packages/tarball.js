'use strict';

const { readFileSync, statSync } = require('node:fs');

const { run } = require('./support');

/** Bytes, packed and unpacked. docs/releasing.md tells what is in it. */
const LARGEST = { packed: 2_300_000, unpacked: 8_000_000 };

exports.combinations = [
  {
    name: 'its size',
    async run({ tarball }) {
      const list = await run(['tar', '-tvf', tarball]);
      const sizes = list
        .trim()
        .split('\n')
        .map((line) => Number(line.split(/\s+/)[2]));
      const size = { packed: statSync(tarball).size, unpacked: sizes.reduce((sum, one) => sum + one) };
      console.log(`      ${size.packed} bytes, ${size.unpacked} unpacked, ${sizes.length} files`);
      for (const kind of Object.keys(size)) {
        if (size[kind] > LARGEST[kind])
          throw new Error(`${kind} it has ${size[kind]} bytes, more than ${LARGEST[kind]}`);
      }
    },
  },
  {
    name: 'a second one is the same, byte for byte',
    async run({ tarball, pack }) {
      const again = await pack('packed-again');
      if (!readFileSync(tarball).equals(readFileSync(again))) throw new Error(`${tarball} and ${again} differ`);
    },
  },
];

'use strict';

// Which source the binaries in prebuilds/ were made of, so that old ones are not published.

const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const { root } = require('./run');

const prebuilds = path.join(root, 'prebuilds');
exports.prebuilds = prebuilds;
exports.files = ['rtnetlink.node', 'rtnetlink-exec'];
exports.sumsFile = path.join(prebuilds, 'SHA256SUMS');
const record = path.join(prebuilds, 'source.json');

/** Changes when anything does of which binaries are made here; compilers aside. */
exports.digestOfSource = () => {
  const native = readdirSync(path.join(root, 'native'), { recursive: true }).map((file) => `native/${file}`);
  const files = native.filter((file) => /\.(cc|h|txt|map)$/.test(file) && !file.startsWith('native/test/'));
  const makers = ['build.js', 'libstdcxx-musl.js', 'newer-glibc.c', 'platforms.js', 'stub-glibc.js'];
  const headers = ['napi.h', 'napi-inl.h'].map((file) => `node_modules/node-addon-api/${file}`);
  const hash = createHash('sha256');
  for (const file of [...files.sort(), ...headers, ...makers.map((file) => `scripts/prebuild/${file}`)]) {
    hash.update(`${file}\n`).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
};

/** The digest of the source of which each platform's binaries were made. */
exports.readRecord = () => (existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {});

exports.writeRecord = (platform, digest) => {
  writeFileSync(record, `${JSON.stringify({ ...exports.readRecord(), [platform]: digest }, undefined, 2)}\n`);
};

exports.sumOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

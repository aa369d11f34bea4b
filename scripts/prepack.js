'use strict';

// Before the package is packed: are the binaries there that it carries, and made of this source? RTNETLINK_PLATFORMS names those that are
// enough for a trial.

const { existsSync } = require('node:fs');
const path = require('node:path');

const { platforms } = require('./prebuild/platforms');
const { digestOfSource, files, prebuilds, readRecord } = require('./prebuild/source');

const wanted = process.env.RTNETLINK_PLATFORMS?.split(',').filter(Boolean) ?? Object.keys(platforms);
const digest = digestOfSource();
const problems = wanted.flatMap((name) => {
  if (!files.every((file) => existsSync(path.join(prebuilds, name, file)))) return [`${name}: they are not there`];
  return readRecord()[name] === digest ? [] : [`${name}: they were made of another source`];
});
if (problems.length > 0) {
  console.error(
    `The package needs its binaries in prebuilds/. 'npm run prebuilds' makes them.\n  ${problems.join('\n  ')}`,
  );
  process.exitCode = 1;
}

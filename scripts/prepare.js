'use strict';

// npm runs this behind `npm ci` in a checkout, which is to have all that its programs and tests need; and before it packs, for which the
// addon of this machine is not needed (scripts/prepack.js).

const { execSync } = require('node:child_process');

const isPacking = ['pack', 'publish'].includes(process.env.npm_command);
execSync(`npm run ${isPacking ? 'build:lib' : 'build'}`, { stdio: 'inherit' });

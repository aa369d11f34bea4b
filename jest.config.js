'use strict';

const { transformed } = require('./test/setup/packed-library');

const swc = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };

/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: '<rootDir>/test/setup/environment.ts',
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  moduleNameMapper: { '^rtnetlink$': '<rootDir>/lib/index.ts' },
  transform: {
    [transformed]: ['<rootDir>/test/setup/packed-library.js', swc],
    '\\.ts$': ['@swc/jest', swc],
  },
  // On two processors Jest would run everything in one.
  maxWorkers: '100%',
  // Some start a dozen programs or threads, and other work may take most of the machine.
  testTimeout: 60_000,
  watchman: false,
};

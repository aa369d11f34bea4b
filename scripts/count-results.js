'use strict';

// count-results.js DIRECTORY: sums up the results in it, Jest's JSON and JUnit's XML, in one line.

const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

const total = { passed: 0, failed: 0, skipped: 0 };

function addJest(text) {
  const result = JSON.parse(text);
  total.passed += result.numPassedTests;
  // A file that could not run, or that left something behind, counts as one failure more than its tests.
  total.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  total.skipped += result.numPendingTests + result.numTodoTests;
}

function addJUnit(text) {
  const suite = /<testsuite\b[^>]*>/.exec(text)?.[0] ?? '';
  const count = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const skipped = count('skipped') + count('disabled');
  total.failed += count('failures');
  total.skipped += skipped;
  total.passed += count('tests') - count('failures') - skipped;
}

const directory = process.argv[2];
for (const file of readdirSync(directory)) {
  const text = readFileSync(path.join(directory, file), 'utf8');
  if (file.endsWith('.json')) addJest(text);
  if (file.endsWith('.xml')) addJUnit(text);
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);

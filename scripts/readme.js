'use strict';

// readme.js: writes the README's code to build-programs/readme.ts as one program, for the type check.
//
// The first block is the story; each later one stands as a block of its own at the end of its `try`.

const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');

/** The code blocks of a Markdown file that are in a language: 'ts', 'js'. */
function blocksOf(markdown, language) {
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms');
  return [...readFileSync(path.join(root, markdown), 'utf8').matchAll(block)].map(([, code]) => code);
}

/** The README as one program. */
function readmeProgram() {
  const [first] = blocksOf('README.md', 'js');
  const imports = first.match(/^import .*$/gm) ?? [];
  const [before, after] = first.replace(/^import .*$/gm, '').split(/^(?=} finally)/m);
  return [
    ...imports,
    "import { NetlinkError } from 'rtnetlink';",
    'async function main() {',
    before,
    ...blocksOf('README.md', 'ts').map((snippet) => `{\n${snippet}}`),
    after,
    '}',
    'void main();',
  ].join('\n');
}

if (require.main === module) {
  const file = path.join(root, 'build-programs', 'readme.ts');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, readmeProgram());
}

module.exports = { blocksOf, readmeProgram };

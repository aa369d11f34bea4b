'use strict';

// snippets.js: the code of the README and of the guide, as programs.
//
// The blocks of a page that are `js` or `ts` are one program, in their order. A block with a path behind its language is a file of its own,
// which test/runners tries. `node scripts/snippets.js` writes the programs to build-programs/snippets/, for the type check.

const { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const folder = path.join(root, 'build-programs', 'snippets');

/** The pages whose code is run: 'README.md', 'docs/guide/bridge.md'. */
function pages() {
  const guide = readdirSync(path.join(root, 'docs/guide')).filter((file) => file.endsWith('.md'));
  return ['README.md', ...guide.map((file) => `docs/guide/${file}`)].filter((page) => programOf(page) !== '');
}

/** The blocks of a page in these languages, each with what stands behind the language. */
function blocksOf(page) {
  const block = /^```(js|ts)(?: (\S+))?\n(.*?)^```$/gms;
  const text = readFileSync(path.join(root, page), 'utf8');
  return [...text.matchAll(block)].map(([, language, file, code]) => ({ language, file, code }));
}

/** The program of a page, as it stands there. */
function programOf(page) {
  return blocksOf(page)
    .filter(({ file }) => file === undefined)
    .map(({ code }) => code)
    .join('\n');
}

/** The files that a page has, by their paths. */
function filesOf(page) {
  return Object.fromEntries(
    blocksOf(page)
      .filter(({ file }) => file !== undefined)
      .map(({ file, code }) => [file, code]),
  );
}

/** What a program promises to print: the comments behind its `console.log`, in order. */
function promisesOf(program) {
  return [...program.matchAll(/console\.log\(.*\);? *\)?;? +\/\/ (.*)$/gm)].map(([, promise]) => promise);
}

/** The name of a page's program: 'guide-bridge'. */
function nameOf(page) {
  return page
    .replace(/^docs\//, '')
    .replace(/\.md$/, '')
    .replaceAll('/', '-')
    .toLowerCase();
}

if (require.main === module) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const page of pages()) writeFileSync(path.join(folder, `${nameOf(page)}.mts`), programOf(page));
}

module.exports = { filesOf, folder, nameOf, pages, programOf, promisesOf };

'use strict';

// side-by-side.js: the commands of docs/from-ip.md, each with the call beside it.
//
// A pair is a row of a table, or a block of shell in front of one of JavaScript. The heading of a table may say what is around its rows, with `...`
// for what stands in them. A block of nft is what is there before the commands that follow, and a block of JavaScript with the line `// the call`
// what is around calls that do not begin with `host`. `node scripts/side-by-side.js` writes the calls to build-programs/snippets/, for the type check.

const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { folder } = require('./snippets');

const PAGE = 'docs/from-ip.md';
const CALL = '// the call';

/** All pairs of the page: what is there before, in nft's language; the command; the code of the call. */
function pairs() {
  const found = [];
  let setting, frame, command;
  for (const { language, code, rows } of partsOf(readFileSync(path.join(__dirname, '..', PAGE), 'utf8'))) {
    if (language === 'nft') setting = code;
    else if (language === 'sh') command = code.trim();
    else if (language === 'js' && code.includes(CALL)) frame = code;
    else if (language === 'js') {
      if (command === undefined) throw new Error(`${PAGE}: no command before\n${code}`);
      found.push({ setting, command, code });
      command = undefined;
    } else {
      const framed = ([given, called]) => ({
        setting,
        command: given,
        code: called.startsWith('host.') ? `return ${called};` : frame.replace(CALL, () => `${called};`),
      });
      found.push(...rows.map(framed));
    }
  }
  return found;
}

/** The blocks and tables of a page, one after the other. */
function partsOf(text) {
  const parts = text.matchAll(/^```(\w+)\n(.*?)^```$|^\| ([^\n]+) \|\n\|---\|---\|\n((?:\|[^\n]*\|\n)*)/gms);
  return [...parts].map(([, language, code, heading, lines]) => {
    if (language !== undefined) return { language, code };
    const around = heading.split(' | ').map((cell) => (cell.includes('...') ? cell.slice(1, -1) : '...'));
    const rows = lines.trim().split('\n');
    return { rows: rows.map((line) => cellsOf(line).map((cell, index) => around[index].replace('...', () => cell))) };
  });
}

function cellsOf(line) {
  const [, left, right] = /^\| `(.+)` \| `(.+)` \|$/.exec(line) ?? [];
  if (right === undefined) throw new Error(`${PAGE}: not a command and a call: ${line}`);
  return [left, right];
}

/** A module with an array of functions, one for each pair, which take the namespace. */
function moduleOf(begin) {
  const functions = pairs().map(
    ({ command, code }) => `// ${command.split('\n')[0]}\nasync (host) => {\n${code}\n},\n`,
  );
  return `${begin} = [\n${functions.join('')}];\n`;
}

/** Writes the calls as TypeScript, for the check of their types. */
function writeTypes() {
  const type = '((host: NetworkNamespace) => Promise<unknown>)[]';
  write('from-ip.mts', moduleOf(`import type { NetworkNamespace } from 'rtnetlink';\nexport const calls: ${type}`));
}

/** Writes the calls as JavaScript, and gives the file's name. */
function writeCalls() {
  return write('from-ip.cjs', moduleOf('module.exports'));
}

function write(name, text) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

if (require.main === module) writeTypes();

module.exports = { pairs, writeCalls };

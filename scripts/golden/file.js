'use strict';

/**
 * A golden file, as lines: a heading, what is run beforehand, and commands with what was captured of each.
 *
 *     # Requests of iproute2 6.1 ...
 *
 *     ! ip link add eth0 index 9 type dummy
 *
 *     # ip addr add 10.1.1.1/24 dev eth0
 *     2800000014000506...
 *
 * @typedef {{ kind: 'heading' | 'setup' | 'capture', text: string, body: string[] }} Entry
 */

const COMMAND = /^# (?=(?:ip|bridge|tc) )/;
const DIGITS_IN_A_LINE = 64;

/** @returns {Entry[]} */
function parse(text) {
  const entries = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('! ')) entries.push({ kind: 'setup', text: line.slice(2), body: [] });
    else if (COMMAND.test(line)) entries.push({ kind: 'capture', text: line.replace(COMMAND, ''), body: [] });
    else if (line.startsWith('# ')) entries.push({ kind: 'heading', text: line.slice(2), body: [] });
    else if (line !== '') entries.at(-1).body.push(line);
  }
  return entries;
}

/** @param {Entry[]} entries */
function print(entries) {
  const signs = { heading: '#', setup: '!', capture: '#' };
  const blocks = entries.map(({ kind, text, body }, index) => {
    const follows = kind === 'setup' && entries[index - 1]?.kind === 'setup';
    return [...(index === 0 || follows ? [] : ['']), `${signs[kind]} ${text}`, ...body].join('\n');
  });
  return `${blocks.join('\n')}\n`;
}

/** A message as lines of hexadecimal digits; its sequence number and its sender's are 0. */
function hexLines(message) {
  const copy = Buffer.from(message);
  copy.fill(0, 8, 16);
  return copy.toString('hex').match(new RegExp(`.{1,${DIGITS_IN_A_LINE}}`, 'g'));
}

/** Whether two messages say the same: what fills attributes up to four bytes is whatever was in memory. */
function saysTheSame(one, other) {
  const [a, b] = [one, other].map((lines) => Buffer.from(lines.join(''), 'hex'));
  return a.length === b.length && a.every((byte, at) => byte === b[at] || isPadding(a, at));
}

/** Whether an attribute ends before a byte, and its padding behind it. */
function isPadding(message, at) {
  for (let start = at & ~3; start >= 0; start -= 4) {
    const end = start + message.readUInt16LE(start);
    if (end > start + 4 && end <= at && at < ((end + 3) & ~3)) return true;
  }
  return false;
}

module.exports = { hexLines, parse, print, saysTheSame };

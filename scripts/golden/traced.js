'use strict';

const { spawnSync } = require('node:child_process');
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const HEADER_SIZE = 16;

/**
 * Runs a command under strace, and tells which netlink messages it sent and received.
 *
 * @returns {{ status: number | null, stdout: string, stderr: string, sent: Buffer[], received: Buffer[] }}
 */
function traced(command) {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'rtnetlink-golden-'));
  const log = path.join(directory, 'strace');
  try {
    const options = ['-qq', '-e', 'signal=none', '-e', 'read=all', '-e', 'write=all', '-o', log];
    const { status, stdout, stderr, error } = spawnSync(
      'strace',
      [...options, '-e', 'trace=sendmsg,sendto,recvmsg,recvfrom', 'sh', '-c', `exec ${command}`],
      { encoding: 'utf8', maxBuffer: 64 << 20 },
    );
    if (error) throw error;
    const calls = parse(readFileSync(log, 'utf8'));
    const messages = (name) => calls.filter((call) => call.name.startsWith(name)).flatMap(({ data }) => split(data));
    return { status, stdout, stderr, sent: messages('send'), received: messages('recv') };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** System calls with their data, which strace dumps behind each: ` | 00010  00 00 00 00 ...  00 00  ........ |`. */
function parse(log) {
  const calls = [];
  for (const line of log.split('\n')) {
    const name = /^(send|recv)\w+\(/.exec(line)?.[0];
    const bytes = /^ \| [0-9a-f]+ {2}([0-9a-f ]{49})/.exec(line)?.[1];
    if (name !== undefined) calls.push({ name, parts: [] });
    else if (bytes !== undefined) calls.at(-1).parts.push(Buffer.from(bytes.replaceAll(' ', ''), 'hex'));
  }
  return calls.map(({ name, parts }) => ({ name, data: Buffer.concat(parts) }));
}

function split(data) {
  const messages = [];
  for (let at = 0; at + HEADER_SIZE <= data.length;) {
    const length = data.readUInt32LE(at);
    if (length < HEADER_SIZE) break;
    messages.push(data.subarray(at, at + length));
    at += (length + 3) & ~3;
  }
  return messages;
}

const typeOf = (message) => message.readUInt16LE(4);
const sequenceOf = (message) => message.readUInt32LE(8);

module.exports = { sequenceOf, traced, typeOf };

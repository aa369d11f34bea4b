'use strict';

// The program of each combination: what the library does with its addon, its helper, a worker's file and what is bundled with it.

const body = `
const isNode = !['bun', 'deno'].some((name) => name in process.versions);
async function hear(socket) {
  let heard = '';
  for await (const chunk of socket) heard += chunk;
  return heard;
}
// What other runtimes would do outside of the namespace.
async function refused(namespace) {
  const errors = await Promise.all([
    namespace.connect({ host: '127.0.0.1', port: 80 }).catch((error) => error),
    namespace.worker('', { eval: true }).catch((error) => error),
  ]);
  return errors.every(({ message }) => /run the program with Node.js/.test(message)) ? 'hello' : errors.join();
}
async function main() {
  const namespace = await createNamespace();
  await namespace.links.set('lo', { up: true });
  await namespace.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
  const names = (await namespace.links.list()).map(({ name }) => name).sort().join();
  const inside = (await namespace.exec('readlink /proc/self/ns/net')).stdout === 'net:[' + namespace.inode + ']\\n';
  const server = net.createServer((socket) => socket.end('hello'));
  await namespace.listen(server, { host: '127.0.0.1', port: 80 });
  const heard = isNode ? await hear(await namespace.connect({ host: '127.0.0.1', port: 80 })) : await refused(namespace);
  server.close();
  const misspelt = await namespace.links.add({ kind: 'dummy', nmae: 'd0' }).catch(({ message }) => /name/.test(message));
  const asked = await namespace.lookup('rtnetlink.invalid.', { family: 4 }).catch(({ code }) => code);
  await namespace.close();
  if (process.argv.includes('--worker')) {
    const other = await createNamespace();
    const worker = await other.worker("require('node:worker_threads').parentPort.postMessage(1)", { eval: true });
    await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
    await other.close();
  }
  console.log(names, inside, heard, misspelt, asked !== 'MODULE_NOT_FOUND');
}
main().catch((error) => {
  console.error(error);
  process.exit(1);
});
`;

exports.commonJs = `const net = require('node:net');\nconst { createNamespace } = require('rtnetlink');\n${body}`;
exports.esModule = `import net from 'node:net';\nimport { createNamespace } from 'rtnetlink';\n${body}`;

exports.printed = 'lo,v0,v1 true hello true true\n';

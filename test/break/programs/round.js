'use strict';

// One round of what the library is for, in which any system call may fail: makes namespaces, links, addresses, waits for an event, listens,
// connects, reads files, starts programs, and deletes all of it. Each thing works, or is rejected with an error that says what failed.

const { spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');

/** What is wrong with an error; undefined where it says what failed, and why. */
exports.faultOf = (error) => {
  if (!(error instanceof Error)) return 'no Error';
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map(exports.faultOf).find((fault) => fault !== undefined);
  }
  // What Node says of a program that ended with another status than 0.
  if (typeof error.code === 'number') return error.code === 126 ? undefined : 'exit status';
  if (typeof error.code !== 'string') return 'no code';
  if (error.name === 'WaitError') return undefined;
  // What Node says of a worker that it cannot start, with the reason in its message.
  if (error.code === 'ERR_WORKER_INIT_FAILED') return undefined;
  return error.syscall === undefined && error.request === undefined ? 'neither syscall nor request' : undefined;
};

/**
 * Runs a round; resolves with what failed, each with what it was and the error. Not always done, for the
 * time it takes: `worker`, a worker is started; `many`, a stream of many is left early; `wait`, the end of the
 * namespace is waited for. `keep`: directories stay as they are.
 */
exports.round = async (library, name, { worker = false, many = false, wait = false, keep = false } = {}) => {
  const failed = [];
  const opened = [];
  const attempt = async (what, ask) => {
    try {
      return await ask();
    } catch (error) {
      failed.push({ what, error });
      return undefined;
    }
  };
  const held = async (what, ask) => {
    const namespace = await attempt(what, ask);
    if (namespace !== undefined) opened.push(namespace);
    return namespace;
  };

  if (!keep) {
    // The first that gets a name makes the directory for it.
    spawnSync('umount', ['-l', '/run/netns']);
    fs.rmSync('/run/netns', { recursive: true, force: true });
    fs.mkdirSync(`/etc/netns/${name}`, { recursive: true });
    fs.writeFileSync(`/etc/netns/${name}/hosts`, '127.0.0.1 localhost web.example\n');
  }

  const a = await held('createNamespace', () => library.createNamespace(name));
  const b = await held('createNamespace without a name', () =>
    library.createNamespace(undefined, (n) => [
      n.links.set('lo', { up: true }),
      n.sysctl.set('net.ipv4.ip_forward', 1),
    ]),
  );
  if (a !== undefined && b !== undefined) {
    await attempt('links.add', () =>
      a.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', namespace: b, up: true } }),
    );
    const awaited = attempt('links.waitFor', () => a.links.waitFor('br0', 'present', { timeout: 10_000 }));
    await Promise.all([
      attempt('links.set', () => a.links.set('lo', { up: true })),
      attempt('links.add of a bridge', () => a.links.add({ kind: 'bridge', name: 'br0', up: true })),
      attempt('links.set of a port', () => a.links.set('v0', { master: 'br0', bridgePort: { cost: 5 } })),
      attempt('addresses.add', () => a.addresses.add('br0', ['10.1.1.1/24', 'fd00::1/64'])),
      attempt('routes.add', () => a.routes.add({ destination: '10.2.0.0/16', gateway: '10.1.1.2' })),
      attempt('links.list', () => a.links.list()),
      attempt('routes.list', () => b.routes.list()),
    ]);
    await awaited;
    if (many) {
      const destinations = Array.from({ length: 20_000 }, (_, index) => `10.${index >> 8}.3.${index & 255}`);
      await attempt('routes.add of many', () =>
        a.routes.add(destinations.map((destination) => ({ destination, device: 'br0' }))),
      );
      await attempt('routes.stream', async () => {
        for await (const _ of a.routes.stream()) break;
      });
    }
    await Promise.all([
      attempt('links.stream', async () => {
        for await (const _ of a.links.stream()) break;
      }),
      attempt('sysctl.get', () => a.sysctl.get('net.ipv4.ip_forward')),
      attempt('sysctl.set', () => a.sysctl.set('net.ipv4.ip_forward', 1)),
      attempt('files.read', () => a.files.read('/proc/net/dev')),
      attempt('files.readdir', () => a.files.list('/sys/class/net')),
      attempt('processes', () => a.processes()),
      attempt('openNamespace', async () => (await library.openNamespace(name)).close()),
      attempt('openNamespace of a process', async () => (await library.openNamespace({ pid: process.pid })).close()),
      attempt('openNamespace of a descriptor', async () => (await library.openNamespace({ fd: b.fd })).close()),
      attempt('listNamespaces', () => library.listNamespaces()),
      attempt('namespaceOfProcess', () => library.namespaceOfProcess(process.pid)),
      attempt('lookup', () => a.lookup('web.example', { family: 4 })),
      attempt('createSocket', async () => (await a.createSocket('udp4')).close()),
      attempt('openSocket', async () => {
        fs.closeSync(await a.openSocket({ family: 'packet', type: 'raw', protocol: 'arp', device: 'lo' }));
      }),
      attempt('listen and connect', () => talk(a)),
      attempt('connect to a Unix-domain socket', () => talkUnnamed(a, name)),
    ]);
    await Promise.all([
      attempt('execFile', () => a.execFile('true', [], { timeout: 20_000 })),
      attempt('execFile of another user', () => b.execFile('true', [], { uid: 65534, gid: 65534, timeout: 20_000 })),
      attempt('execFile below /sys', () => b.execFile('true', [], { cwd: '/sys/class/net', timeout: 20_000 })),
      attempt('execFile of nothing that can be run', () =>
        b.execFile('/run', []).catch((error) => {
          if (error.code !== 'EACCES') throw error;
        }),
      ),
      worker ? attempt('worker', () => work(a)) : undefined,
    ]);
    leaveFile(`${name}b`);
    leaveFile(`${name}c`);
    await held('attachNamespace', () => library.attachNamespace(`${name}b`, b));
    await attempt('listNamespaces', () => library.listNamespaces());
    await attempt('openNamespace', async () => (await library.openNamespace({ pid: process.pid })).close());
    await attempt('sweepNamespaces', () => library.sweepNamespaces());
    for (const left of [`${name}b`, `${name}c`]) removeLeft(left);
    await attempt('reserveNamespaces', async () => (await library.reserveNamespaces(1)).close());
    await attempt('links.delete', () => a.links.delete('v0'));
  }
  for (const namespace of opened.reverse()) {
    const options = wait && namespace.name === name ? { wait, timeout: 5000 } : undefined;
    await attempt('delete', () => namespace.delete(options));
    await namespace.close();
  }
  if (!keep) fs.rmSync(`/etc/netns/${name}`, { recursive: true });
  return failed;
};

/** A name as a killed program leaves it. */
function leaveFile(name) {
  try {
    fs.writeFileSync(`/run/netns/${name}`, '');
    fs.utimesSync(`/run/netns/${name}`, 1, 1);
  } catch {
    // There is no directory, or no descriptor, or it cannot be written to.
  }
}

/** Removes what {@link leaveFile} made and nobody used or removed. */
function removeLeft(name) {
  try {
    if (fs.statSync(`/run/netns/${name}`).mtimeMs === 1000) fs.unlinkSync(`/run/netns/${name}`);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

async function talk(namespace) {
  const server = net.createServer((socket) => socket.on('error', () => {}).end('hello'));
  try {
    await namespace.listen(server, { port: 0, host: '127.0.0.1' });
    const socket = await namespace.connect({ host: '127.0.0.1', port: server.address().port });
    socket.resume();
    await once(socket, 'close');
  } finally {
    server.close();
  }
}

async function talkUnnamed(namespace, name) {
  const server = net.createServer((socket) => socket.on('error', () => {}).end('hello'));
  try {
    await namespace.listen(server, { path: `\0${name}` });
    const socket = await namespace.connect({ path: `\0${name}` });
    socket.resume();
    await once(socket, 'close');
  } finally {
    server.close();
  }
}

async function work(namespace) {
  const worker = await namespace.worker('0', { eval: true });
  await once(worker, 'exit');
}

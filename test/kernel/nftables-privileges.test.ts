import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { describeKernel, feature, kernelTest, requiresUnprivilegedRun } from '../support/kernel';

const execute = promisify(execFile);
const compiled = path.join(__dirname, '../../dist');

const asNobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
const userNamespaces = feature(
  'user namespaces for everybody, with nf_tables in them',
  `${asNobody} unshare --user --map-root-user --net nft add table inet t`,
);

/** Runs the body of an async function as nobody, and resolves with the JSON of what it returned. `under` is what starts the program. */
async function run(body: string, under: readonly string[]): Promise<unknown> {
  const program = `
    const library = require(process.env.COMPILED);
    (async () => {${body}})().then(
      (result) => process.stdout.write(JSON.stringify(result), () => process.exit(0)),
      (error) => { console.error(error); process.exit(1); });`;
  const [setpriv, ...drop] = asNobody.split(' ') as [string, ...string[]];
  const { stdout } = await execute(setpriv, [...drop, ...under, process.execPath, '-e', program], {
    env: { ...process.env, COMPILED: compiled },
  });
  return JSON.parse(stdout) as unknown;
}

/** Each verb of packet rules, once. */
const VERBS = `
  const shop = { family: 'inet', table: 'shop' };
  const { nftables } = library.hostNamespace();
  const verbs = {
    'tables.list': () => nftables.tables.list(),
    'tables.add': () => nftables.tables.add({ family: 'inet', name: 'shop' }),
    'tables.delete': () => nftables.tables.delete({ family: 'inet', name: 'shop' }),
    'tables.flush': () => nftables.tables.flush({ family: 'inet', name: 'shop' }),
    'chains.list': () => nftables.chains.list(),
    'chains.add': () => nftables.chains.add({ ...shop, name: 'c' }),
    'chains.delete': () => nftables.chains.delete({ ...shop, name: 'c' }),
    'chains.flush': () => nftables.chains.flush({ ...shop, name: 'c' }),
    'rules.list': () => nftables.rules.list(),
    'rules.add': () => nftables.rules.add({ ...shop, chain: 'c', statements: ['drop'] }),
    'rules.insert': () => nftables.rules.insert({ ...shop, chain: 'c', statements: ['drop'] }),
    'rules.replace': () => nftables.rules.replace({ ...shop, chain: 'c', handle: 4, statements: ['drop'] }),
    'rules.delete': () => nftables.rules.delete({ ...shop, chain: 'c', handle: 4 }),
    'sets.list': () => nftables.sets.list(),
    'sets.add': () => nftables.sets.add({ ...shop, name: 's', key: 'mark' }),
    'sets.delete': () => nftables.sets.delete({ ...shop, name: 's' }),
    'elements.list': () => nftables.elements.list({ ...shop, set: 's' }),
    'elements.add': () => nftables.elements.add({ ...shop, set: 's', elements: [{ key: 1 }] }),
    'elements.delete': () => nftables.elements.delete({ ...shop, set: 's', elements: [{ key: 1 }] }),
    owner: () => nftables.owner(),
    batch: () => nftables.batch((nft) => { nft.tables.add({ family: 'inet', name: 'shop' }).chains.add({ name: 'c' }); }),
  };
`;

describeKernel('packet rules of nobody', [requiresUnprivilegedRun()], () => {
  test('are refused without CAP_NET_ADMIN, each verb with one error that names it', async () => {
    const errors = await run(
      `${VERBS}
      const unhandled = [];
      process.on('unhandledRejection', ({ message }) => unhandled.push(message));
      const errors = {};
      for (const [name, verb] of Object.entries(verbs)) {
        const { name: kind, code, capability, message } = await verb().then(() => ({ code: 'none' }), (error) => error);
        errors[name] = [kind, code, capability, message.includes('CAP_NET_ADMIN is missing')];
      }
      await new Promise(setImmediate);
      return { errors, unhandled };`,
      [],
    );

    const { errors: found, unhandled } = errors as { errors: Record<string, unknown>; unhandled: unknown[] };
    expect(Object.keys(found)).toHaveLength(21);
    expect(found).toEqual(
      Object.fromEntries(Object.keys(found).map((verb) => [verb, ['NetlinkError', 'EPERM', 'CAP_NET_ADMIN', true]])),
    );
    expect(unhandled).toEqual([]);
  });

  kernelTest('have owners in a user namespace of its own', [userNamespaces], async () => {
    const found = await run(
      `
      const a = await library.createNamespace();
      const owner = await a.nftables.owner();
      await owner.tables.add({ family: 'inet', name: 'shop' });
      const { message } = await a.nftables.tables.delete({ family: 'inet', name: 'shop' }).catch((error) => error);
      const [{ owner: port }] = await a.nftables.tables.list();
      await owner.close();
      return [port === owner.port, message.includes('is owned by another socket'), await a.nftables.tables.list()];`,
      ['unshare', '--user', '--map-root-user', '--net'],
    );

    expect(found).toEqual([true, true, []]);
  });

  kernelTest('are made in a user namespace of its own, and packets meet them', [userNamespaces], async () => {
    const found = await run(
      `
      const { createNamespace } = library;
      const net = require('node:net');
      const { text } = require('node:stream/consumers');
      const [client, router, server] = await Promise.all([createNamespace(), createNamespace(), createNamespace()]);
      await router.sysctl.set('net.ipv4.ip_forward', 1);
      for (const [name, guest, number] of [['inner', client, 1], ['outer', server, 2]]) {
        await router.links.add({ kind: 'veth', name, up: true, peer: { name: 'eth0', namespace: guest, up: true } });
        await router.addresses.add(name, '10.1.' + number + '.1/24');
        await guest.addresses.add('eth0', '10.1.' + number + '.2/24');
        await guest.routes.add({ destination: 'default', gateway: '10.1.' + number + '.1' });
        await Promise.all([guest.links.waitFor('eth0', 'up'), router.links.waitFor(name, 'up')]);
      }
      const listener = net.createServer((socket) => socket.end(String(socket.remoteAddress)));
      await server.listen(listener, { host: '10.1.2.2', port: 80 });
      const ask = async () => text(await client.connect({ host: '10.1.2.2', port: 80, signal: AbortSignal.timeout(20000) }));

      const before = await ask();
      await router.nftables.batch((nft) => {
        const table = nft.tables.add({ family: 'inet', name: 't' });
        table.sets.add({ name: 'blocked', key: 'ipv4_addr' });
        table.chains.add({ name: 'post', type: 'nat', hook: 'postrouting', priority: 'srcnat' });
        table.chains.add({ name: 'c', type: 'filter', hook: 'forward', priority: 'filter' });
        table.rules.add({ chain: 'post', statements: ['masquerade'] });
        table.rules.add({ chain: 'c', statements: [{ match: { ip: { source: { set: 'blocked' } } } }, { reject: 'tcpReset' }] });
      });
      const masqueraded = await ask();
      await router.nftables.elements.add({ family: 'inet', table: 't', set: 'blocked', elements: [{ key: '10.1.1.2' }] });
      const refused = await ask().catch(({ code }) => code);
      const rules = (await router.nftables.rules.list()).map(({ statements }) => statements);
      return { before, masqueraded, refused, rules };`,
      ['unshare', '--user', '--map-root-user', '--net', '--mount', '--'],
    );

    expect(found).toEqual({
      before: '10.1.1.2',
      masqueraded: '10.1.2.1',
      refused: 'ECONNREFUSED',
      rules: [['masquerade'], [{ match: { ip: { source: { set: 'blocked' } } } }, { reject: 'tcpReset' }]],
    });
  });
});

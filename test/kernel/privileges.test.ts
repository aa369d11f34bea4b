import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { describeKernel, feature, requiresUnprivilegedRun } from '../support/kernel';
import { inOwnMounts } from '../support/own-mounts';

const execute = promisify(execFile);
const compiled = path.join(__dirname, '../../dist');

describeKernel('without privileges', [requiresUnprivilegedRun()], () => {
  test('an error says which capability is missing', async () => {
    const errors = await asNobody(`
      const { createNamespace, hostNamespace } = require(process.env.COMPILED);
      const { openNamespace, reserveNamespaces } = require(process.env.COMPILED);
      const host = hostNamespace();
      const tried = [
        () => createNamespace(),
        () => host.links.add({ kind: 'bridge', name: 'br0' }),
        () => host.addresses.add('lo', '192.0.2.1/32'),
        () => openNamespace({ pid: 1 }),
        () => reserveNamespaces(1),
        () => host.conntrack.list(),
        () => host.conntrack.flush('all'),
        () => host.conntrack.statistics(),
      ];
      (async () => {
        const errors = [];
        for (const attempt of tried) errors.push(await attempt().then(() => 'none', ({ name, code, capability, message }) => ({ name, code, capability, message })));
        console.log(JSON.stringify(errors));
      })();`);

    expect(errors).toMatchObject([
      { name: 'NamespaceError', code: 'EPERM', capability: 'CAP_SYS_ADMIN' },
      { name: 'NetlinkError', code: 'EPERM', capability: 'CAP_NET_ADMIN' },
      { name: 'NetlinkError', code: 'EPERM', capability: 'CAP_NET_ADMIN' },
      { name: 'NamespaceError', code: 'EACCES', capability: 'CAP_SYS_PTRACE' },
      { name: 'NamespaceError', code: 'EPERM', capability: 'CAP_SYS_ADMIN' },
      { name: 'NetlinkError', code: 'EPERM', capability: 'CAP_NET_ADMIN' },
      { name: 'NetlinkError', code: 'EPERM', capability: 'CAP_NET_ADMIN' },
      { name: 'NetlinkError', code: 'EPERM', capability: 'CAP_NET_ADMIN' },
    ]);
  });

  test('what only reads works', async () => {
    const links = await asNobody(`
      const { hostNamespace } = require(process.env.COMPILED);
      hostNamespace().links.list().then((links) => console.log(JSON.stringify(links.map(({ name }) => name))));`);

    expect(links).toContain('lo');
  });
});

const trackingOfNobody = feature(
  'tracked connections in a user namespace of anybody',
  "setpriv --reuid=65534 --regid=65534 --clear-groups unshare --user --map-root-user --net sh -ec 'nft add table inet t; nft add chain inet t c { type filter hook input priority 0 \\; }; nft add rule inet t c ct state new'",
);

describeKernel('in a user namespace of its own', [requiresUnprivilegedRun(), trackingOfNobody], () => {
  test('anybody tracks connections', async () => {
    const program = `
      const { hostNamespace } = require(process.env.COMPILED);
      const { conntrack, nftables } = hostNamespace();
      const original = { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 1, destinationPort: 2 };
      (async () => {
        const events = await conntrack.watch();
        await conntrack.add([{ protocol: 'tcp', original, timeout: 60 }, { protocol: 'udp', original, timeout: 60 }]);
        await conntrack.set({ protocol: 'udp', original, mark: 7 });
        await conntrack.flush({ protocol: 'tcp' });
        const rows = await conntrack.list();
        const { value } = await events.next();
        await events.return();
        console.log(JSON.stringify([rows.map(({ protocol, mark }) => [protocol, mark]), value.event]));
      })();`;
    const { stdout } = await execute(
      'setpriv',
      [
        ...['--reuid=65534', '--regid=65534', '--clear-groups', 'unshare', '--user', '--map-root-user', '--net'],
        ...[process.execPath, '-e', program],
      ],
      { env: { ...process.env, COMPILED: compiled } },
    );

    expect(JSON.parse(stdout)).toEqual([[['udp', 7]], 'new']);
  });
});

describeKernel('without capabilities', () => {
  test('what leads to the namespace of a process asks for CAP_SYS_PTRACE, and other files do not', async () => {
    const errors = await inOwnMounts(
      `
      const { hostNamespace, listNamespaces, openNamespace } = library;
      const host = hostNamespace();
      const tried = [
        () => listNamespaces(),
        () => openNamespace('linked'),
        () => openNamespace('/run/elsewhere'),
        () => openNamespace({ pid: Number(process.env.PID) }),
        () => openNamespace('/run/closed/ns'),
        () => host.links.set('lo', { namespace: 'linked' }),
        () => host.links.set('lo', { namespace: '/run/closed/ns' }),
        () => host.links.peer('here'),
      ];
      const errors = [];
      for (const one of tried) errors.push(await one().then(() => 'none', ({ code, capability }) => [code, capability]));
      return errors;`,
      `mount -t tmpfs none /run; mkdir -p /run/netns /run/closed; unshare --net sleep 60 & export PID=$!
       until [ "$(readlink /proc/$PID/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
       ln -s /proc/$PID/ns/net /run/netns/linked; ln -s netns/linked /run/elsewhere
       touch /run/closed/ns; chown 1:1 /run/closed; chmod 700 /run/closed
       ip link add here type veth peer name there netns $PID
       trap "kill $PID" EXIT; run() { setpriv --bounding-set=-all --inh-caps=-all "$@"; }; `,
      'run',
    );

    const [ptrace, file] = [
      ['EACCES', 'CAP_SYS_PTRACE'],
      ['EACCES', 'CAP_DAC_OVERRIDE'],
    ];
    expect(errors).toEqual([ptrace, ptrace, ptrace, ptrace, file, ptrace, file, ['EACCES', 'CAP_NET_ADMIN']]);
  });
});

/** Runs a program as a user without capabilities, and resolves with the JSON that it printed. */
async function asNobody(program: string): Promise<unknown[]> {
  const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all'];
  const { stdout } = await execute('setpriv', [...drop, process.execPath, '-e', program], {
    env: { ...process.env, COMPILED: compiled },
  });
  return JSON.parse(stdout) as unknown[];
}

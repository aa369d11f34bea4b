import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run, type Held } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { lastFound, until } from '../support/until';
import { openSockets } from '../support/waits';

const compiled = path.join(__dirname, '../../dist');
const owned = feature('tables of nf_tables that have an owner', 'echo "add table inet t { flags owner; }" | nft -f -');

const shop = { family: 'inet', name: 'shop' } as const;

function shown(namespace: Held): Promise<string> {
  return run(namespace, 'nft', ['list', 'tables']);
}

/** What nft shows once there is no table, or when patience has ended. */
function emptied(namespace: Held): Promise<string> {
  return lastFound(
    () => shown(namespace),
    (text) => text === '',
  );
}

describeKernel('tables whose owner is in', [requiresOracle('nft'), owned], () => {
  const program = `
    const { openNamespace } = require(process.env.COMPILED);
    (async () => {
      const a = await openNamespace(process.env.TARGET);
      globalThis.owner = await a.nftables.owner();
      await owner.tables.add({ family: 'inet', name: 'shop', comment: 'made' });
      console.log(JSON.stringify([owner.port, process.pid]));
      PROGRAM
    })();`;

  async function start(a: Held, rest: string) {
    const child = spawn(process.execPath, ['-e', program.replace('PROGRAM', rest)], {
      env: { ...process.env, COMPILED: compiled, TARGET: `/proc/${String(process.pid)}/fd/${String(a.fd)}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, exited, said: JSON.parse(line.toString()) as [number, number] };
  }

  test('a process that is killed are gone, also while it changes them', async () => {
    await using a = await scratchNamespace();
    const { child, exited, said } = await start(
      a,
      `for (let n = 0; ; n++) await owner.batch((nft) => {
         for (let c = 0; c < 100; c++) nft.chains.add({ family: 'inet', table: 'shop', name: 'c' + n + '_' + c });
       });`,
    );
    await until(async () => ((await a.nftables.chains.list()).length > 300 ? true : undefined));
    expect(said[0]).toBe(said[1]);
    const change = a.nftables.tables.add({ ...shop, flags: ['dormant'] });
    await expect(change).rejects.toThrow(`table 'inet shop' is owned by another socket (port ${String(said[0])})`);

    child.kill('SIGKILL');
    await exited;

    expect(await emptied(a)).toBe('');
  });

  test('a process that has nothing else to do are gone: it ends', async () => {
    await using a = await scratchNamespace();
    const { exited } = await start(a, '');

    const [code] = (await exited) as [number];

    expect(code).toBe(0);
    expect(await emptied(a)).toBe('');
  });

  test('a worker that is terminated are gone, whatever it was doing', async () => {
    await using a = await scratchNamespace();
    const before = openSockets();

    for (let round = 0; round < 3; round++) {
      const worker = new Worker(
        `const { parentPort, workerData } = require('node:worker_threads');
        const { openNamespace } = require(workerData.compiled);
        (async () => {
          const a = await openNamespace({ fd: workerData.fd });
          const owner = await a.nftables.owner();
          await owner.tables.add({ family: 'inet', name: 'shop' });
          parentPort.postMessage('ready');
          for (;;) await Promise.all([(await a.nftables.owner()).close(), owner.tables.list(), owner.ruleset()]);
        })();`,
        { eval: true, workerData: { compiled, fd: a.fd } },
      );
      await once(worker, 'message');
      expect(await shown(a)).toBe('table inet shop\n');
      await worker.terminate();
      expect(await emptied(a)).toBe('');
    }

    expect(
      await lastFound(
        () => openSockets() - before,
        (left) => left <= 0,
      ),
    ).toBeLessThanOrEqual(0);
  });
});

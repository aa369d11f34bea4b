import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { createNamespace, NamespaceError } from '../../lib';
import { etcFiles } from '../support/etc';
import { describeKernel } from '../support/kernel';
import { inOwnMounts } from '../support/own-mounts';
import { uniqueName } from '../support/scratch';

type Making = (file: string) => unknown;

describeKernel('a file of /etc/netns', () => {
  test.each<[string, string, Making, object]>([
    ['a pipe', 'hosts', (file) => execFileSync('mkfifo', [file]), { code: 'EINVAL', syscall: 'open' }],
    ['a pipe', 'resolv.conf', (file) => execFileSync('mkfifo', [file]), { code: 'EINVAL', syscall: 'open' }],
    [
      'a device',
      'hosts',
      (file) => {
        symlinkSync('/dev/zero', file);
      },
      { code: 'EINVAL', syscall: 'open' },
    ],
    [
      'a directory',
      'resolv.conf',
      (file) => {
        mkdirSync(file);
      },
      { code: 'EISDIR', syscall: 'open' },
    ],
    [
      'too large',
      'hosts',
      (file) => {
        largeFile(file);
      },
      { code: 'EFBIG', syscall: 'read' },
    ],
  ])('that is %s (%s) is refused at once', async (_what, file, make, failure) => {
    const name = uniqueName();
    using _ = etcFiles(name, file === 'hosts' ? {} : { hosts: '' });
    const place = path.join('/etc/netns', name, file);
    make(place);
    await using a = await createNamespace(name);

    const error = await a.lookup('web.example').catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(NamespaceError);
    expect(error).toMatchObject({ ...failure, subject: `'${place}'`, namespace: { name } });
    // More of them than the pool has threads.
    await Promise.allSettled(Array.from({ length: 8 }, () => a.lookup('web.example')));
    expect(await readFile('/proc/self/comm', 'utf8')).not.toBe('');
  });

  test('is closed when the worker that reads it is terminated', async () => {
    const worker = `
      const { parentPort } = require('node:worker_threads');
      const library = require(process.env.COMPILED);
      (async () => {
        const a = await library.createNamespace();
        parentPort.postMessage('begun');
        for (;;) await Promise.allSettled(Array.from({ length: 8 }, () => a.lookup('localhost')));
      })();`;
    const left = await inOwnMounts(`
      const { Worker } = require('node:worker_threads');
      for (let round = 0; round < 40; round++) {
        const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
        await new Promise((resolve) => worker.once('message', resolve));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        await worker.terminate();
      }
      const targets = fs.readdirSync('/proc/self/fd').map((fd) => {
        try { return fs.readlinkSync('/proc/self/fd/' + fd); } catch { return ''; }
      });
      return targets.filter((target) => target === '/etc/hosts').length;`);

    expect(left).toBe(0);
  }, 60_000);
});

function largeFile(file: string): void {
  execFileSync('touch', [file]);
  truncateSync(file, 40 << 20);
}

import { describeKernel } from '../support/kernel';
import { inOwnMounts } from '../support/own-mounts';

describeKernel('without a descriptor left', () => {
  test('programs and look-ups reject, the latter with the namespace', async () => {
    const found = await inOwnMounts(
      `
      const a = await library.createNamespace('a');
      await a.exec('true');
      await a.lookup('localhost');
      const taken = [];
      try { for (;;) taken.push(fs.openSync('/dev/null')); } catch {}
      const asked = [a.exec('true'), a.execFile('true'), a.execFile('true', []), a.lookup('localhost')];
      const ended = await Promise.allSettled(asked);
      for (const fd of taken) fs.closeSync(fd);
      const again = await a.exec('echo again');
      return [ended.map(({ reason }) => reason?.code), ended[3].reason.namespace?.name, again.stdout];`,
      'ulimit -n 100;',
    );

    expect(found).toEqual([Array(4).fill('EMFILE'), 'a', 'again\n']);
  });
});

describeKernel('without /proc', () => {
  test('that is what errors say', async () => {
    const found = await inOwnMounts(
      `
      const errors = [await library.namespaceOfProcess(1).catch((error) => error)];
      try { library.hostNamespace(); } catch (error) { errors.push(error); }
      return errors.map(({ name, code, syscall }) => [name, code, syscall]);`,
      'mount -t tmpfs none /proc;',
    );

    expect(found).toEqual(Array(2).fill(['NamespaceError', 'ENODEV', 'procfs']));
  });
});

import { describeKernel } from '../support/kernel';
import { inOwnMounts } from '../support/own-mounts';

/** A link to a namespace that `ip netns` did not make, as is usual with Docker. */
const LINKED = `
  const real = await library.createNamespace();
  const file = DIRECTORY + '/linked';
  fs.symlinkSync('/proc/' + process.pid + '/fd/' + real.fd, file);
`;

describeKernel('a name that is a symbolic link', () => {
  test('is listed, and opened by name and by path, as the namespace that it leads to', async () => {
    const found = await inOwnMounts(`${LINKED}
      const [listed] = await library.listNamespaces();
      const opened = [];
      for (const target of ['linked', file, listed]) {
        const one = await library.openNamespace(target);
        opened.push({ name: one.name, same: one.equals(real) });
      }
      return { listed: listed.name, opened };`);

    const one = { name: 'linked', same: true };
    expect(found).toEqual({ listed: 'linked', opened: [one, one, one] });
  });

  test('brings its files of /etc/netns to programs', async () => {
    const found = await inOwnMounts(
      `${LINKED}
      fs.mkdirSync('/etc/netns/linked', { recursive: true });
      fs.writeFileSync('/etc/netns/linked/hosts', '10.9.8.7 here\\n');
      const opened = await library.openNamespace('linked');
      return [(await opened.exec('cat /etc/hosts')).stdout, (await opened.lookup('here')).address];`,
      'mkdir -p /etc/netns; mount -t tmpfs none /etc/netns;',
    );

    expect(found).toEqual(['10.9.8.7 here\n', '10.9.8.7']);
  });

  test.each([
    ['the handle', `await (await library.openNamespace('linked')).delete();`],
    ['the name', `await library.deleteNamespace('linked');`],
    [
      'the handle, when what it led to is gone',
      // A descriptor that is closed could be another one by then.
      `const one = await library.openNamespace('linked');
      fs.unlinkSync(file);
      fs.symlinkSync(DIRECTORY + '/nowhere', file);
      await one.delete();`,
    ],
  ])('is deleted by %s, and what it leads to stays', async (_what, deletion) => {
    const found = await inOwnMounts(`
      await library.createNamespace('other');
      ${LINKED}
      fs.symlinkSync(DIRECTORY + '/other', DIRECTORY + '/second');
      ${deletion}
      await library.deleteNamespace('second');
      return [fs.readdirSync(DIRECTORY), (await library.listNamespaces()).map(({ name }) => name)];`);

    expect(found).toEqual([['other'], ['other']]);
  });

  test('that leads elsewhere by now is left alone by the handle', async () => {
    const found = await inOwnMounts(`${LINKED}
      const opened = await library.openNamespace('linked');
      fs.unlinkSync(file);
      fs.symlinkSync('/proc/self/ns/net', file);
      await opened.delete();
      return fs.readdirSync(DIRECTORY);`);

    expect(found).toEqual(['linked']);
  });

  test('is never followed when a namespace is made or named', async () => {
    const found = await inOwnMounts(`
      fs.symlinkSync(DIRECTORY + '/nowhere', DIRECTORY + '/dangling');
      fs.writeFileSync('/tmp/rtnl-plain-' + process.pid, '');
      fs.symlinkSync('/tmp/rtnl-plain-' + process.pid, DIRECTORY + '/plain');
      const codes = [];
      for (const name of ['dangling', 'plain']) {
        codes.push(await library.createNamespace(name).catch(({ code }) => code));
        codes.push(await library.attachNamespace(name, { pid: process.pid }).catch(({ code }) => code));
        codes.push(await library.createNamespace(name, () => []).catch(({ code }) => code));
      }
      fs.unlinkSync('/tmp/rtnl-plain-' + process.pid);
      return [codes, fs.readdirSync(DIRECTORY).sort(), await library.listNamespaces()];`);

    expect(found).toEqual([Array(6).fill('EEXIST'), ['dangling', 'plain'], []]);
  });
});

describeKernel('a path that leads to a file of /run/netns', () => {
  test.each([
    '/var/run/netns/blue',
    '/run/netns//blue',
    '/run/./netns/blue',
    '/run/../run/netns/blue',
    '../../../../../../../run/netns/blue',
    '/run/netns/../netns/blue',
    '/tmp/netns-link/blue',
    '/tmp/blue-link',
  ])('%s opens with the name, and deletes it', async (path) => {
    const found = await inOwnMounts(
      `
      fs.symlinkSync(DIRECTORY, '/tmp/netns-link');
      fs.symlinkSync(DIRECTORY + '/blue', '/tmp/blue-link');
      const made = await library.createNamespace('blue');
      const opened = await library.openNamespace(${JSON.stringify(path)});
      await opened.delete();
      return [opened.name, opened.equals(made), fs.readdirSync(DIRECTORY)];`,
      'mount -t tmpfs none /tmp;',
    );

    expect(found).toEqual(['blue', true, []]);
  });

  test.each(['/run/netns/blue/', '/run/netns/blue/../blue', '/run/netns/blue/.'])('%s is none', async (path) => {
    const found = await inOwnMounts(`
      const made = await library.createNamespace('blue');
      return await library.openNamespace(${JSON.stringify(path)}).catch(({ code }) => code);`);

    expect(found).toBe('ENOTDIR');
  });

  test('is not one that only has its last part in common', async () => {
    const found = await inOwnMounts(
      `
      const made = await library.createNamespace('blue');
      fs.symlinkSync('/proc/self/ns/net', '/tmp/blue');
      const other = await library.openNamespace('/tmp/blue');
      const own = await library.openNamespace('/proc/self/ns/net');
      return [other.name ?? null, own.name ?? null];`,
      'mount -t tmpfs none /tmp;',
    );

    expect(found).toEqual([null, null]);
  });
});

describeKernel('listing the names', () => {
  test('rejects without a descriptor, as what looks among them does', async () => {
    const found = await inOwnMounts(
      `
      const here = await library.createNamespace('blue');
      await here.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', namespace: library.hostNamespace() } });
      await here.links.peer('v0');
      await library.listNamespaces();
      const held = [];
      // A thread that the library starts in between may have taken one, so none is counted on.
      const takeAll = () => { for (;;) try { held.push(fs.openSync('/dev/null')); } catch { break; } };
      const codes = [];
      const code = (call) => call.then(() => 'found', (error) => error.code);
      takeAll();
      // One is left, with which the directory can be read, and no name.
      fs.closeSync(held.pop());
      codes.push(await code(library.listNamespaces()));
      takeAll();
      codes.push(await code(library.listNamespaces()), await code(here.links.peer('v0')));
      codes.push(await code(library.namespaceOfProcess(process.pid)), await code(library.sweepNamespaces()));
      for (const fd of held) fs.closeSync(fd);
      codes.push(await code(library.listNamespaces()));
      return codes;`,
      'ulimit -n 60;',
    );

    expect(found).toEqual(['EMFILE', 'EMFILE', 'EMFILE', 'EMFILE', 'EMFILE', 'found']);
  });

  test('rejects where it is not allowed to look, and says what is missing', async () => {
    const found = await inOwnMounts(`
      await library.createNamespace('blue');
      fs.chmodSync(DIRECTORY, 0o700);
      // What lists is loaded before: this checkout may be one that only root reads.
      await library.listNamespaces();
      process.setegid(65534); process.seteuid(65534);
      return await library.listNamespaces().catch(({ code, message }) => [code, message]);`);

    expect(found).toEqual(['EACCES', expect.stringMatching(/^open: EACCES, Permission denied.* \('\/run\/netns'\)$/)]);
  });

  test('rejects where a link cannot be followed, and finds other namespaces nevertheless', async () => {
    const found = await inOwnMounts(`
      const blue = await library.createNamespace('blue');
      fs.symlinkSync('/proc/1/ns/net', DIRECTORY + '/hidden');
      const pid = blue.spawn('sleep', ['60'], { uid: 65534, gid: 65534 }).pid;
      // What looks for it is loaded before: this checkout may be one that only root reads.
      await library.namespaceOfProcess(pid);
      process.setegid(65534); process.seteuid(65534);
      const listed = await library.listNamespaces().catch(({ code, namespace }) => [code, namespace]);
      const { name } = await library.namespaceOfProcess(pid);
      process.seteuid(0);
      process.kill(pid);
      return [...listed, name];`);

    expect(found).toEqual(['EACCES', { name: 'hidden' }, 'blue']);
  });

  test('is empty where there is no directory, and passes over what is no network namespace', async () => {
    const found = await inOwnMounts(`
      fs.writeFileSync(DIRECTORY + '/plain', '');
      fs.mkdirSync(DIRECTORY + '/directory');
      fs.symlinkSync('/proc/self/ns/mnt', DIRECTORY + '/mounts');
      fs.symlinkSync('loop', DIRECTORY + '/loop');
      const passedOver = await library.listNamespaces();
      execFileSync('sh', ['-c', 'umount /run/netns; mount -t tmpfs none /run']);
      return [passedOver, await library.listNamespaces(), await library.sweepNamespaces()];`);

    expect(found).toEqual([[], [], []]);
  });
});

describeKernel('the directory of names', () => {
  const PROPAGATION = `
    const propagation = () => fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\\n')
      .filter((line) => line.split(' ')[4] === DIRECTORY).map((line) => line.includes(' shared:')).at(-1);
    const use = async () => (await library.createNamespace('blue')).delete();
  `;

  test('is made shared again when a new mount took the place, and the id, of the old one', async () => {
    const found = await inOwnMounts(`${PROPAGATION}
      const seen = [];
      for (let times = 0; times < 5; times++) {
        await use();
        seen.push(propagation());
        execFileSync('sh', ['-c', 'umount -l /run/netns; mount -t tmpfs --make-private none /run/netns']);
        seen.push(propagation());
      }
      await use();
      return [...seen, propagation()];`);

    expect(found).toEqual([...Array.from({ length: 5 }, () => [true, false]).flat(), true]);
  });

  test('is made shared again when it was made private', async () => {
    const found = await inOwnMounts(`${PROPAGATION}
      await use();
      execFileSync('mount', ['--make-private', DIRECTORY]);
      await use();
      return propagation();`);

    expect(found).toBe(true);
  });
});

import { sweepNamespaces, type SweepOptions } from '../../lib';
import { describeKernel } from '../support/kernel';
import { inOwnMounts } from '../support/own-mounts';

/** A file as a program leaves it that was killed before it could mount, or after it unmounted. */
const LEFT = `
  const leave = (name, mode = 0o400, age = 0) => {
    const file = DIRECTORY + '/' + name;
    fs.writeFileSync(file, '', { mode });
    const then = Date.now() / 1000 - age;
    fs.utimesSync(file, then, then);
  };
  const names = () => fs.readdirSync(DIRECTORY).sort();
`;

describeKernel('files that a killed program left among the names', () => {
  test('are no namespaces, and are swept', async () => {
    const found = await inOwnMounts(`${LEFT}
      await library.createNamespace('blue');
      for (const name of ['b', 'a']) leave(name);
      const listed = (await library.listNamespaces()).map(({ name }) => name);
      const failure = await library.openNamespace('a').catch(({ code, syscall }) => [code, syscall]);
      return [listed, failure, await library.sweepNamespaces(), names(), await library.sweepNamespaces()];`);

    expect(found).toEqual([['blue'], ['EINVAL', 'NS_GET_NSTYPE'], ['a', 'b'], ['blue'], []]);
  });

  test('of other programs are swept when they are too old to be about to be used', async () => {
    const found = await inOwnMounts(`${LEFT}
      leave('old', 0, 60);
      leave('of-an-earlier-version', 0o000, 11);
      leave('from-the-future', 0o644, -3600);
      leave('young', 0, 0);
      return [await library.sweepNamespaces(), names(), await library.createNamespace('young').catch(({ code }) => code)];`);

    expect(found).toEqual([['from-the-future', 'of-an-earlier-version', 'old'], ['young'], 'EEXIST']);
  });

  test('and links to processes that have ended are swept, and no others', async () => {
    const found = await inOwnMounts(`${LEFT}
      const child = spawn('sleep', ['60']);
      fs.symlinkSync('/proc/' + child.pid + '/ns/net', DIRECTORY + '/docker');
      fs.symlinkSync('/proc/' + child.pid + '/task/' + child.pid + '/ns/net', DIRECTORY + '/thread');
      fs.symlinkSync('/proc/' + child.pid + '/ns/nothing', DIRECTORY + '/other');
      fs.symlinkSync('/proc/self/ns/net', DIRECTORY + '/self');
      leave('file');
      const before = await library.sweepNamespaces();
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      leave('file');
      return [before, await library.sweepNamespaces(), names(), await library.sweepNamespaces()];`);

    expect(found).toEqual([['file'], ['docker', 'file', 'thread'], ['other', 'self'], []]);
  });

  test('are told from what is something else', async () => {
    const found = await inOwnMounts(`${LEFT}
      fs.writeFileSync(DIRECTORY + '/full', 'x', { mode: 0o400 });
      fs.mkdirSync(DIRECTORY + '/directory');
      fs.symlinkSync('nowhere', DIRECTORY + '/link');
      execFileSync('mkfifo', ['-m', '400', DIRECTORY + '/fifo']);
      leave('mounted');
      execFileSync('mount', ['--bind', '/proc/self/ns/net', DIRECTORY + '/mounted']);
      leave('other');
      execFileSync('mount', ['--bind', '/dev/null', DIRECTORY + '/other']);
      const codes = [];
      for (const name of names()) codes.push(await library.createNamespace(name).catch(({ code }) => code));
      return [await library.sweepNamespaces(), names().length, codes];`);

    expect(found).toEqual([[], 6, Array(6).fill('EEXIST')]);
  });

  test('are not swept while somebody who makes a namespace has them locked', async () => {
    const found = await inOwnMounts(`${LEFT}
      leave('held');
      const locker = spawn('flock', [DIRECTORY + '/held', 'sh', '-c', 'echo locked; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
      await new Promise((resolve) => locker.stdout.once('data', resolve));
      const during = [await library.sweepNamespaces(), await library.createNamespace('held').catch(({ code }) => code)];
      locker.stdin.end();
      await new Promise((resolve) => locker.once('exit', resolve));
      return [during, await library.sweepNamespaces()];`);

    expect(found).toEqual([[[], 'EEXIST'], ['held']]);
  });

  test('are not swept where a namespace is mounted on them elsewhere', async () => {
    const found = await inOwnMounts(`${LEFT}
      leave('a b');
      leave('here');
      const script = 'mount --make-rprivate /; mount --bind /proc/self/ns/net "/run/netns/a b"; echo mounted; exec cat';
      const other = spawn('unshare', ['--mount', 'sh', '-ec', script], { stdio: ['pipe', 'pipe', 'inherit'] });
      await new Promise((resolve) => other.stdout.once('data', resolve));
      const during = [await library.sweepNamespaces(), names()];
      other.stdin.end();
      await new Promise((resolve) => other.once('exit', resolve));
      return [during, await library.sweepNamespaces()];`);

    expect(found).toEqual([[['here'], ['a b']], ['a b']]);
  });

  test('are neither used nor swept where a container has a namespace mounted on them, under another path', async () => {
    const found = await inOwnMounts(`${LEFT}
      await (await library.createNamespace('first')).delete();
      const script = 'mount --bind /run/netns /mnt; touch -d "1 hour ago" /mnt/theirs;' +
        'mount --bind /proc/self/ns/net /mnt/theirs; echo mounted; exec cat';
      const container = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-ec', script], { stdio: ['pipe', 'pipe', 'inherit'] });
      await new Promise((resolve) => container.stdout.once('data', resolve));
      const codes = await Promise.all([
        library.createNamespace('theirs').catch(({ code, syscall }) => [code, syscall]),
        library.attachNamespace('theirs', { pid: process.pid }).catch(({ code, syscall }) => [code, syscall]),
      ]);
      const swept = await library.sweepNamespaces();
      const mounts = fs.readFileSync('/proc/' + container.pid + '/mountinfo', 'utf8').includes(" /mnt/theirs ");
      container.stdin.end();
      await new Promise((resolve) => container.once('exit', resolve));
      return [codes, swept, mounts, await library.sweepNamespaces()];`);

    expect(found).toEqual([Array(2).fill(['EEXIST', 'open']), [], true, ['theirs']]);
  });

  test('are swept without those that are mounted on under another path here', async () => {
    const found = await inOwnMounts(`${LEFT}
      await (await library.createNamespace('first')).delete();
      for (const name of ['a', 'mounted', 'z']) leave(name);
      fs.mkdirSync('/tmp/rtnl-alias-' + process.pid);
      const alias = '/tmp/rtnl-alias-' + process.pid;
      execFileSync('mount', ['--bind', DIRECTORY, alias]);
      execFileSync('mount', ['--make-private', alias]);
      execFileSync('mount', ['--bind', '/proc/self/ns/net', alias + '/mounted']);
      const swept = await library.sweepNamespaces();
      execFileSync('umount', [alias + '/mounted']);
      execFileSync('umount', [alias]);
      fs.rmdirSync(alias);
      return [swept, await library.sweepNamespaces()];`);

    expect(found).toEqual([['a', 'z'], ['mounted']]);
  });

  test.each([
    ['created', `await library.createNamespace('left')`],
    ['created with a furnish', `await library.createNamespace('left', ({ links }) => [links.set('lo', { up: true })])`],
    ['attached', `await library.attachNamespace('left', { pid: process.pid })`],
  ])('are used when the name is %s', async (_how, making) => {
    const found = await inOwnMounts(`${LEFT}
      leave('left');
      const made = ${making};
      const [listed] = await library.listNamespaces();
      const again = await library.createNamespace('left').catch(({ code }) => code);
      const entered = execFileSync('ip', ['netns', 'exec', 'left', 'stat', '-Lc', '%i', '/proc/self/ns/net'], { encoding: 'utf8' });
      const sweeping = await library.sweepNamespaces();
      await made.delete();
      return [made.equals(listed), again, Number(entered) === made.inode, sweeping, names()];`);

    expect(found).toEqual([true, 'EEXIST', true, [], []]);
  });

  test('are used by one of those who ask for the name at once', async () => {
    const found = await inOwnMounts(`${LEFT}
      const counts = [];
      for (let times = 0; times < 20; times++) {
        leave('left');
        const asked = Array.from({ length: 8 }, () => library.createNamespace('left'));
        const ended = await Promise.allSettled([...asked, library.sweepNamespaces()]);
        const codes = ended.slice(0, 8).map(({ reason }) => reason?.code ?? 'made');
        counts.push(codes.filter((code) => code === 'made').length, codes.filter((code) => code === 'EEXIST').length);
        await library.deleteNamespace('left');
      }
      return [counts, names()];`);

    expect(found).toEqual([Array(20).fill([1, 7]).flat(), []]);
  });

  test('are deleted by name', async () => {
    const found = await inOwnMounts(`${LEFT}
      leave('left');
      leave('young', 0);
      await library.deleteNamespace('left');
      await library.deleteNamespace('young');
      return names();`);

    expect(found).toEqual([]);
  });
});

describeKernel('namespaces of processes that have ended', () => {
  test('are swept by a prefix, where their names say so, and no others', async () => {
    const found = await inOwnMounts(`${LEFT}
      const program = \`
        const { createNamespace } = require(process.env.COMPILED);
        const names = ['test-' + process.pid, 'test-' + process.pid + '-web', 'test-' + process.pid + 'web', 'test-web', 'more-' + process.pid];
        Promise.all(names.map((name) => createNamespace(name))).then(() => console.log(process.pid));
        setInterval(() => undefined, 1000);\`;
      const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
      const pid = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
      await library.createNamespace('test-' + process.pid + '-own');
      leave('test-' + pid + '-file');
      leave('other');
      const while_ = await library.sweepNamespaces({ prefix: 'test-' });
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      const [swept, again] = await Promise.all([1, 2].map(() => library.sweepNamespaces({ prefix: 'test-' })));
      const unplaced = (list) => list.map((name) => name.replace(pid, 'PID').replace(process.pid, 'OWN')).sort();
      return [while_, unplaced([...new Set([...swept, ...again])]), unplaced(names()), await library.sweepNamespaces({ prefix: 'test-' })];`);

    expect(found).toEqual([
      [],
      ['test-PID', 'test-PID-file', 'test-PID-web'],
      ['more-PID', 'other', 'test-OWN-own', 'test-PIDweb', 'test-web'],
      [],
    ]);
  });

  test('are none where there are no names at all', async () => {
    const found = await inOwnMounts(
      `return await library.sweepNamespaces({ prefix: 'test-' });`,
      'umount /run/netns; mount -t tmpfs none /run;',
    );

    expect(found).toEqual([]);
  });

  test.each([
    [{ prefix: '' }, "prefix: must be what names begin with, such as 'test-', not ''"],
    [{ prefix: 'a/' }, "prefix: must be what names begin with, such as 'test-', not 'a/'"],
    [{ prefix: 'test4' }, "prefix: must not end in a digit, since a pid follows it: 'test4'"],
    [{ prefix: 4 }, 'prefix: must be a string, not 4'],
    [{ prefx: 'test-' }, "prefx: is not a property known here: did you mean 'prefix'?"],
    ['test-', "options: must be an object such as { prefix: 'test-' }, not 'test-'"],
  ])('are not looked for with %j', async (options, message) => {
    await expect(sweepNamespaces(options as SweepOptions)).rejects.toThrow(message);
  });
});

/** Makes and deletes names until it is killed. */
const CHURN = `
  const { createNamespace, deleteNamespace } = require(process.env.COMPILED);
  const churn = async (name) => {
    for (;;) {
      await createNamespace(name).then((made) => made.close(), () => undefined);
      await deleteNamespace(name).catch(() => undefined);
    }
  };
  for (let index = 0; index < 8; index++) churn('n' + index);
  console.log('begun');
`;

describeKernel('programs that are killed while they make and delete namespaces', () => {
  test('leave nothing that a sweep does not remove, and every name can be used again', async () => {
    const found = (await inOwnMounts(`
      const churn = ${JSON.stringify(CHURN)};
      let left = 0;
      for (let times = 0; times < 8; times++) {
        const children = [1, 2].map(() => spawn(process.execPath, ['-e', churn], { stdio: ['ignore', 'pipe', 'inherit'] }));
        await Promise.all(children.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        for (const child of children) child.kill('SIGKILL');
        await Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))));
        const listed = (await library.listNamespaces()).map(({ name }) => name);
        left += fs.readdirSync(DIRECTORY).length - listed.length;
        if (times % 2 === 0) await library.sweepNamespaces();
        const now = fs.readdirSync(DIRECTORY).sort();
        if (times % 2 === 0 && now.join() !== listed.join()) return ['not swept', now, listed];
        for (const name of listed) await library.deleteNamespace(name);
        for (let index = 0; index < 8; index++) await (await library.createNamespace('n' + index)).delete();
        if (fs.readdirSync(DIRECTORY).length > 0) return ['left', fs.readdirSync(DIRECTORY)];
      }
      return { left };`)) as { left: number };

    expect(found).toEqual({ left: expect.any(Number) as number });
  }, 120_000);
});

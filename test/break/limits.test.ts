import { describeKernel, requiresOracle } from '../support/kernel';
import { isLong, repeatedly } from './budget';
import { runProgram, type Run } from './program';
import type { Random } from './random';

/** What failed of a round, by what was asked for. */
interface Failure {
  what: string;
  code: string;
  syscall?: string;
  capability?: string;
}

interface Limit extends Run {
  input?: { script?: string; rounds?: number };
  /** What making a namespace with a name then says. Undefined where it may work. */
  says?: { code: string; capability?: string };
}

const nobody = [
  'setpriv',
  '--reuid=65534',
  '--regid=65534',
  '--clear-groups',
  'unshare',
  '--user',
  '--map-root-user',
  '-nm',
];

const limits: Readonly<Record<string, (random: Random) => Limit>> = {
  'few descriptors': (random) => ({ input: { script: `prlimit --pid $PID --nofile=${24 + random.below(40)}` } }),
  'no descriptors': () => ({ input: { script: 'prlimit --pid $PID --nofile=3', rounds: 1 }, says: { code: 'EMFILE' } }),
  'no more threads, as another user': () => ({
    under: nobody,
    input: { script: 'prlimit --pid $PID --nproc=1', rounds: 1 },
    says: { code: 'EAGAIN' },
  }),
  'another user': () => ({
    under: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
    says: { code: 'EPERM', capability: 'CAP_SYS_ADMIN' },
  }),
  '/run that is read-only': () => ({
    before: 'rmdir /run/netns && mount -o remount,bind,ro /run',
    says: { code: 'EROFS' },
  }),
  '/run that is full': () => ({
    before: 'mount -t tmpfs -o nr_inodes=1 tmpfs /run/netns',
    says: { code: 'ENOSPC' },
  }),
  'no /proc': () => ({ input: { script: 'umount -l /proc' }, says: { code: 'ENOENT' } }),
  'no /sys': () => ({ input: { script: 'umount -l /sys' } }),
};

/** Said by the others as well, mostly. */
const longOnly = ['few descriptors', 'another user', 'no /sys'];

const capabilities = [
  ...['chown', 'dac_override', 'dac_read_search', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap'],
  ...['net_bind_service', 'net_broadcast', 'net_admin', 'net_raw', 'ipc_lock', 'sys_module', 'sys_chroot'],
  ...['sys_ptrace', 'sys_admin', 'sys_nice', 'sys_resource', 'mknod', 'setfcap', 'bpf', 'perfmon'],
];

const denied: Readonly<Record<string, Limit['says']>> = {
  sys_admin: { code: 'EPERM', capability: 'CAP_SYS_ADMIN' },
};

async function expectSpecific(name: string, limit: Limit): Promise<void> {
  const { lines, end, errors } = await runProgram('limits', {
    ...limit,
    input: { rounds: isLong ? 2 : 1, ...limit.input },
  });

  const unhandled = lines.find((line) => 'unhandled' in line)?.unhandled;
  expect({ name, end, errors, unhandled }).toEqual({ name, end: 0, errors: '', unhandled: undefined });
  const { failed, faults, left } = lines.at(-1) as { failed: Failure[]; faults: string[]; left: string[] };
  expect({ name, faults, left }).toEqual({ name, faults: [], left: [] });
  const said = failed.find(({ what }) => what === 'createNamespace');
  if (limit.says !== undefined) expect({ name, ...said }).toMatchObject({ name, ...limit.says });
}

describeKernel('a limit', [requiresOracle('prlimit'), requiresOracle('setpriv')], () => {
  test('is told by those errors that it causes', async () => {
    const names = Object.keys(limits).filter((name) => isLong || !longOnly.includes(name));
    await repeatedly(
      1,
      async (random) => {
        for (const name of names) await expectSpecific(name, limits[name]!(random));
      },
      0.5,
    );
  });

  test('of capabilities is told, and what does not need them works', async () => {
    await repeatedly(1, async () => {
      const tried = isLong ? capabilities : ['sys_admin'];
      for (const capability of tried) {
        const under = ['setpriv', `--bounding-set=-${capability}`, `--inh-caps=-${capability}`];
        await expectSpecific(`no CAP_${capability.toUpperCase()}`, { under, says: denied[capability] });
      }
    });
  });
});

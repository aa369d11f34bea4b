import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describeKernel, requiresOracle } from '../support/kernel';
import { isLong, repeatedly } from './budget';
import { modules, systemCalls, type Call } from './calls';
import { buildInterposer, type Interposer } from './interposer';
import { runProgram } from './program';
import type { Random } from './random';

/** A failure to be tried. */
interface Case {
  call: Call;
  errno: number;
  /** The call of it in the round that fails. */
  nth: number;
  /** All from that one on fail. */
  allBehind: boolean;
  worker: boolean;
  many: boolean;
  wait: boolean;
}

/** What the program is told. */
interface Input {
  cases?: readonly Case[];
  /** No round was run before: the call that fails may be one that is made once. */
  fresh?: boolean;
  /** What the round has that is run before. */
  whole?: Partial<Pick<Case, 'worker' | 'many' | 'wait'>>;
}

/** EPERM, ENOENT, EINTR, EIO, EBADF, EAGAIN, ENOMEM, EACCES, EBUSY, EINVAL, ENFILE, EMFILE, ENOSPC, EOPNOTSUPP, ENOBUFS. */
const errnos = [1, 2, 4, 5, 9, 11, 12, 13, 16, 22, 23, 24, 28, 95, 105];

/** Of some calls what else they may say is known, and told of nowhere. */
const errnosOf: Readonly<Record<string, readonly number[]>> = {
  epoll_wait: [4], // of a good descriptor
};

/** Called only where another call fails, which then does so as well. */
const behind: Readonly<Record<string, readonly [name: string, errno: number]>> = {
  poll: ['recvmsg', 11], // the kernel answers a request before send(2) returns
  statvfs64: ['umount2', 22],
};

/** Called only where a thread is later than another: when a dump is cancelled that is not over. */
const seldom = ['recv'];

const COUNTS = 64;

/** The file by which a program and the library in it know what is to fail. */
class Control implements Disposable {
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'rtnl-break-'));
  readonly file = path.join(this.directory, 'control');

  constructor(armed?: Uint32Array) {
    writeFileSync(this.file, new Uint8Array(COUNTS + 1024 * 8));
    if (armed) writeFileSync(this.file, new Uint8Array(armed.buffer), { flag: 'r+' });
  }

  countOf(number: number, module: number): number {
    return readFileSync(this.file).readUInt32LE(COUNTS + number * 8 + (module - 1) * 4);
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true });
  }
}

const moduleOf = ({ module }: Call) => modules.indexOf(module) + 1;
const show = ({ call, errno, nth, allBehind }: Case) =>
  `${call.module} ${call.name} ${nth}${allBehind ? '+' : ''} errno ${errno}`;

describeKernel('a system call that fails', [requiresOracle('gcc'), requiresOracle('nm')], () => {
  let calls: Call[] = [];
  let interposer: Interposer;
  const counts = new Map<Call, number>();

  beforeAll(async () => {
    calls = systemCalls();
    interposer = buildInterposer(calls);
    using control = new Control();
    const { end, lines, errors } = await run(control, { whole: { worker: true, many: true, wait: true } });
    expect({ end, errors, faults: faultsOf(lines) }).toEqual({ end: 0, errors: '', faults: [] });
    for (const call of calls) {
      counts.set(call, control.countOf(interposer.numberOf(call.name), moduleOf(call)));
    }
  });

  afterAll(() => {
    interposer[Symbol.dispose]();
  });

  function run(control: Control, { cases = [], fresh = false, whole = {} }: Input) {
    return runProgram('inject', {
      under: ['env', `RTNETLINK_BREAK_CONTROL=${control.file}`, `LD_PRELOAD=${interposer.library}`],
      input: { control: control.file, fresh, whole, cases: cases.map(armed) },
    });
  }

  const armed = ({ call, ...rest }: Case) => ({
    number: interposer.numberOf(call.name),
    module: moduleOf(call),
    before: beforeOf(call),
    ...rest,
  });

  function beforeOf({ name }: Call): number[] {
    const [other, errno] = behind[name] ?? [];
    return other === undefined ? [0, 0] : [interposer.numberOf(other), errno!];
  }

  function chosen(call: Call, random: Random): Case {
    const count = Math.max(1, counts.get(call) ?? 1);
    // The first calls are of all kinds, the later ones alike.
    const nth = 1 + random.below(random.chance(0.5) ? Math.min(count, 5) : count);
    const own = errnosOf[call.name];
    const errno = random.pick(own ?? errnos);
    return {
      ...{ call, errno, nth },
      allBehind: own === undefined && random.chance(0.2),
      worker: random.chance(0.2) || call.name === 'getrandom',
      many: call.name === 'recv',
      wait: random.chance(0.2) || call.name.startsWith('epoll'),
    };
  }

  async function tryThem(cases: readonly Case[], fresh: boolean): Promise<void> {
    using control = new Control(fresh ? firstArmed(armed(cases[0]!)) : undefined);
    const { end, lines, errors } = await run(control, { cases, fresh });
    const begun = lines.filter(({ begins }) => typeof begins === 'number').at(-1)?.begins as number | undefined;
    const faults = faultsOf(lines).map(({ index, faults }) => `${nameOf(cases, index)}: ${faults.join('; ')}`);
    if (end !== 0) faults.push(`${nameOf(cases, begun)}: ended with ${end}: ${errors}${unhandledOf(lines)}`);
    expect(faults).toEqual([]);
  }

  const nameOf = (cases: readonly Case[], index: unknown) => {
    const found = cases[Number(index)];
    return found === undefined ? `before any, ${String(index)}` : show(found);
  };

  test('is among those that are tried', () => {
    const needed = calls.filter(({ name }) => !(name in behind) && !seldom.includes(name));

    expect(needed.filter((call) => counts.get(call) === 0)).toEqual([]);
    expect(calls.length).toBeGreaterThan(50);
  });

  test('fails what needed it, or nothing, and leaves nothing', async () => {
    await repeatedly(
      1,
      async (random) => {
        // Each of them once, or in the short form some.
        const tried = isLong ? calls : Array.from({ length: 8 }, () => random.pick(calls));
        const cases = tried.map((call) => chosen(call, random));
        // Most of the time is the kernel's, which ends namespaces.
        const count = isLong ? 3 : 1;
        const parts = Array.from({ length: count }, (_, part) => cases.filter((_, index) => index % count === part));
        await Promise.all(parts.map((part) => tryThem(part, false)));
      },
      0.6,
    );
  });

  test('fails no other way when it is the first of its kind in a process', async () => {
    await repeatedly(1, async (random) => {
      const started = calls.filter(({ module }) => module === 'addon');
      await tryThem([{ ...chosen(random.pick(started), random), nth: 1 + random.below(3) }], true);
    });
  });
});

function firstArmed({
  number,
  module,
  errno,
  nth,
  allBehind,
}: Omit<Case, 'call'> & { number: number; module: number }) {
  return Uint32Array.of(number, module, errno, nth, allBehind ? 1 : 0);
}

function faultsOf(lines: readonly Record<string, unknown>[]): { index: unknown; faults: string[] }[] {
  return lines
    .map(({ index, faults }) => ({ index, faults: (faults ?? []) as string[] }))
    .filter(({ faults }) => faults.length > 0);
}

function unhandledOf(lines: readonly Record<string, unknown>[]): string {
  const found = lines.find(({ unhandled }) => unhandled !== undefined);
  return found === undefined ? '' : ` unhandled: ${String(found.unhandled)}`;
}

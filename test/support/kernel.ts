import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * What a kernel test needs beyond the library. Where it is absent the test is skipped, and its name says why, since
 * Jest has no other place for a reason.
 */
export interface Requirement {
  /** Why the test cannot run here; absent when it can. */
  readonly skip?: string;
  /** Why the test fails here without having run. */
  readonly fail?: string;
}

type Body = (() => Promise<void>) | (() => void);

/** A test against the real kernel: `test`, but skipped without root, or without what `requirements` names. */
export function kernelTest(name: string, body: Body): void;
export function kernelTest(name: string, requirements: Requirement[], body: Body): void;
export function kernelTest(name: string, ...rest: [Body] | [Requirement[], Body]): void {
  const [requirements, body] = split(rest);
  const { skip, fail } = unmet(requirements);
  if (skip !== undefined) test.skip(`${name} [${skip}]`, body);
  else if (fail !== undefined) test(name, () => Promise.reject(new Error(fail)));
  else test(name, body);
}

/** `describe` for tests against the real kernel, gated as {@link kernelTest} is. */
export function describeKernel(name: string, body: () => void): void;
export function describeKernel(name: string, requirements: Requirement[], body: () => void): void;
export function describeKernel(name: string, ...rest: [() => void] | [Requirement[], () => void]): void {
  const [requirements, body] = split(rest);
  const { skip, fail } = unmet(requirements);
  if (skip !== undefined) describe.skip(`${name} [${skip}]`, body);
  else if (fail !== undefined) test(name, () => Promise.reject(new Error(fail)));
  else describe(name, body);
}

/**
 * The test compares with `program`. Where that is not installed the test is skipped, or fails with
 * RTNETLINK_REQUIRE_ORACLES=1. `ip` and `nsenter` are required of every kernel test already.
 */
export function requiresOracle(program: string): Requirement {
  if (isInstalled(program)) return {};
  const reason = `needs the program ${program}`;
  return process.env.RTNETLINK_REQUIRE_ORACLES === '1' ? { fail: reason } : { skip: reason };
}

/** The test runs the library in a program without privileges, started by setpriv, which has to get at this checkout. */
export function requiresUnprivilegedRun(): Requirement {
  const oracle = requiresOracle('setpriv');
  if (oracle.skip !== undefined || oracle.fail !== undefined) return oracle;
  const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all'];
  const { status } = spawnSync('setpriv', [...drop, 'test', '-r', __filename]);
  return status === 0 ? {} : { skip: 'needs a checkout that anybody may read' };
}

/**
 * The test uses a feature that kernels may lack. `probe` is a line of shell, run in a network namespace of its own,
 * that fails where they do: `feature('bridge VLAN filtering', 'ip link add br0 type bridge vlan_filtering 1')`.
 */
export function feature(name: string, probe: string): Requirement {
  if (unmet([]).skip !== undefined) return {};
  // Once more where it fails: the first use of a module loads it, and on a busy machine that may go wrong.
  return succeeds(probe) || succeeds(probe) ? {} : { skip: `this kernel lacks ${name}` };
}

function succeeds(probe: string): boolean {
  try {
    execFileSync('unshare', ['--net', 'sh', '-ec', probe], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

/** The kernel is `release` or newer: `kernelSince('6.2')`. For behaviour that no probe can tell. */
export function kernelSince(release: string): Requirement {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  const [runningMajor = 0, runningMinor = 0] = readFileSync('/proc/sys/kernel/osrelease', 'utf8')
    .split('.')
    .map(Number);
  const recent = runningMajor > major || (runningMajor === major && runningMinor >= minor);
  return recent ? {} : { skip: `needs Linux ${release}` };
}

function unmet(requirements: Requirement[]): Requirement {
  const all = [requiresRoot(), requiresOracle('ip'), requiresOracle('nsenter'), ...requirements];
  return all.find(({ skip }) => skip !== undefined) ?? all.find(({ fail }) => fail !== undefined) ?? {};
}

function requiresRoot(): Requirement {
  const CAP_NET_ADMIN = 12n;
  const CAP_SYS_ADMIN = 21n;
  const effective = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  const has = (capability: bigint) => (effective & (1n << capability)) !== 0n;
  return has(CAP_NET_ADMIN) && has(CAP_SYS_ADMIN) ? {} : { skip: 'needs root: CAP_SYS_ADMIN and CAP_NET_ADMIN' };
}

function isInstalled(program: string): boolean {
  return searchPath().some((directory) => {
    try {
      accessSync(path.join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function searchPath(): string[] {
  return (process.env.PATH ?? '').split(':').filter((directory) => directory !== '');
}

function split<B>(rest: [B] | [Requirement[], B]): [Requirement[], B] {
  return rest.length === 1 ? [[], rest[0]] : rest;
}

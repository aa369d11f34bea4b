import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { isNewer } from '../../compile';
import type { AbsentPeer } from '../../findings';

// The peers' programs, and whether what they need is installed. No package manager is asked for anything.

/** A peer's program. */
export interface PeerProgram {
  name: string;
  /** The Debian packages that give it. */
  givenBy: string;
  /** Makes it ready: the command and its first arguments, or undefined if something is missing. */
  command: () => string[] | undefined;
}

const sources = path.join(__dirname, '../../../../bench/contenders/peers');

function once<Result>(make: () => Result): () => Result {
  let made: { result: Result } | undefined;
  return () => (made ??= { result: make() }).result;
}

/** Whether a command succeeds. */
function succeeds(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const GO_PACKAGES = '/usr/share/gocode';

export const go: PeerProgram = {
  name: 'Go, vishvananda/netlink',
  givenBy: 'Debian: golang-go, golang-github-vishvananda-netlink-dev',
  command: once(() => {
    if (!existsSync(`${GO_PACKAGES}/src/github.com/vishvananda/netlink`) || !succeeds('go', 'version'))
      return undefined;
    const source = path.join(sources, 'go');
    const target = path.join(__dirname, 'go-peer');
    const files = readdirSync(source).map((file) => path.join(source, file));
    if (!isNewer(target, files)) {
      mkdirSync(path.dirname(target), { recursive: true });
      const env = { ...process.env, GO111MODULE: 'off', GOPATH: GO_PACKAGES };
      execFileSync('go', ['build', '-o', target, '.'], { cwd: source, env, stdio: 'inherit' });
    }
    return [target];
  }),
};

const CRATES = '/usr/share/cargo/registry';

export const rust: PeerProgram = {
  name: 'Rust, rtnetlink',
  givenBy: 'Debian: cargo, librust-rtnetlink-dev, librust-tokio-dev',
  command: once(() => {
    const isThere = existsSync(CRATES) && readdirSync(CRATES).some((crate) => crate.startsWith('rtnetlink-'));
    if (!isThere || !succeeds('cargo', '--version')) return undefined;
    // Cargo writes beside its manifest, so it gets a copy.
    const project = path.join(__dirname, 'rust');
    const target = path.join(project, 'target/release/rust-peer');
    const source = path.join(sources, 'rust');
    const files = readdirSync(source, { recursive: true }).map((file) => path.join(source, String(file)));
    if (!isNewer(target, files)) {
      cpSync(source, project, { recursive: true });
      const settings = [`source.crates-io.replace-with="debian"`, `source.debian.directory="${CRATES}"`];
      const args = [
        'build',
        '--release',
        '--offline',
        '--quiet',
        ...settings.flatMap((setting) => ['--config', setting]),
      ];
      execFileSync('cargo', args, { cwd: project, stdio: 'inherit' });
    }
    return [target];
  }),
};

// Debian's own interpreter: another one would not find Debian's packages.
const PYTHON = '/usr/bin/python3';

export const pyroute2: PeerProgram = {
  name: 'Python, pyroute2',
  givenBy: 'Debian: python3-pyroute2',
  command: once(() =>
    existsSync(PYTHON) && succeeds(PYTHON, '-c', 'import pyroute2')
      ? [PYTHON, path.join(sources, 'pyroute2/peer.py')]
      : undefined,
  ),
};

export const npmNetlink: PeerProgram = {
  name: 'npm netlink',
  givenBy: 'npm install --no-save --ignore-scripts --prefix build-programs netlink@0.3.0',
  command: once(() => {
    try {
      createRequire(__filename).resolve('netlink');
    } catch {
      return undefined;
    }
    return [process.execPath, path.join(__dirname, 'npm-netlink.js')];
  }),
};

/** Where Debian puts the plugins. */
export const CNI_PLUGINS = '/usr/lib/cni';

export const cni: PeerProgram = {
  name: 'CNI plugins',
  givenBy: 'Debian: containernetworking-plugins',
  command: () => (existsSync(`${CNI_PLUGINS}/bridge`) ? [] : undefined),
};

/** Those of some peers that are not installed. */
export function absent(peers: PeerProgram[]): AbsentPeer[] {
  return peers
    .filter(({ command }) => command() === undefined)
    .map((peer) => ({ name: peer.name, givenBy: peer.givenBy }));
}

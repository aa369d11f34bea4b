import { spawnSync } from 'node:child_process';

/** Those kinds of links that this kernel has; none where namespaces cannot be made. */
export function kindsOfKernel(kinds: readonly string[]): ReadonlySet<string> {
  const input = kinds.map((kind, index) => `link add probe${String(index)} type ${kind}\n`).join('');
  const { stderr, error } = spawnSync('unshare', ['--net', 'ip', '-force', '-batch', '-'], { input, encoding: 'utf8' });
  if (error !== undefined) return new Set();
  const failed = [...stderr.matchAll(/^(.*)\nCommand failed -:(\d+)/gm)];
  const unknown = new Set(
    failed.filter(([, text]) => /Unknown device type|not supported/.test(text!)).map(([, , line]) => Number(line)),
  );
  return new Set(kinds.filter((_, index) => !unknown.has(index + 1)));
}

import os from 'node:os';
import { run, type Held } from './oracle';

/** A rule as the kernel runs it: its place, and its expressions as nft prints them. */
export type Code = readonly [place: string, ...expressions: string[]];

const HEADING = /^((?:inet|ip|ip6|bridge|arp|netdev) \S+ \S+) \d+/;

/**
 * The expressions of all rules. Unlike what nft shows of a rule, these have the order of bytes, registers and masks. Sets without names have numbers of
 * their own, which are left out, and nft compares several fields at once: such comparisons are told byte by byte. One byte has no order, though nft 1.0.6
 * turns that of a protocol.
 */
export async function codeOf(namespace: Held): Promise<Code[]> {
  const rules: [string, ...string[]][] = [];
  let rule: string[] | undefined;
  for (const line of (await run(namespace, 'nft', ['--debug=netlink', 'list', 'ruleset'])).split('\n')) {
    const [, place] = HEADING.exec(line) ?? [];
    if (place !== undefined) rules.push((rule = [place]) as [string]);
    else if (ORDER_OF_ONE.test(line)) continue;
    else if (line.startsWith('  [ ')) rule?.push(line.trim().replace(/__(set|map|objmap)\d+/g, '__$1'));
    else rule = undefined;
  }
  return rules.map(([place, ...expressions]) => [place, ...bytewise(expressions)]);
}

const ORDER_OF_ONE = /^ {2}\[ byteorder .*, \d+, 1\) \]$/;

const LOAD = /^\[ payload load \d+b @ (\w+) header \+ (\d+) => reg 1 \]$/;
const COMPARE = /^\[ cmp eq reg 1 ([0-9a-fx ]+) \]$/;
const LENGTH = /load (\d+)b/;

/** Comparisons of bytes of a packet, each byte by itself. */
function bytewise(expressions: readonly string[]): string[] {
  const told: string[] = [];
  for (let index = 0; index < expressions.length; index++) {
    const [, header, offset] = LOAD.exec(expressions[index]!) ?? [];
    const [, words] = header === undefined ? [] : (COMPARE.exec(expressions[index + 1] ?? '') ?? []);
    if (words === undefined) {
      told.push(expressions[index]!);
      continue;
    }
    const length = Number(LENGTH.exec(expressions[index++]!)![1]);
    const bytes = words.split(' ').flatMap(bytesOf).slice(0, length);
    told.push(...bytes.map((byte, at) => `${header!} header + ${String(Number(offset) + at)} is ${String(byte)}`));
  }
  return told;
}

function bytesOf(word: string): number[] {
  const number = Number(word);
  const bytes = [number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff];
  return os.endianness() === 'LE' ? bytes.reverse() : bytes;
}

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { hiddenMembers } from '../support/hidden-members';
import { describeKernel } from '../support/kernel';

/** The library as it ships. */
const compiled = path.join(__dirname, '../../dist');
const program = path.join(__dirname, '../support/every-verb-fails.js');

/** What the program prints in the end. */
interface Report {
  /** All functions of a namespace and its collections, 'links.add' and 'connect'. */
  verbs: string[];
  /** The verbs that were called; what stands behind a comma tells with what. */
  cases: string[];
  /** What was caught, by verb and step. */
  caught: Record<string, string>;
  /** What threw instead of rejecting. */
  thrown: string[];
  /** What did not fail. */
  resolved: string[];
  /** What failed with an error whose stack does not lead to the call. */
  lost: string[];
}

/** Those of a namespace that have nothing to reject with. */
const neverRejecting = ['equals', 'agent', 'httpsAgent', 'dispatcher', 'close', 'toString', 'toJSON'];

describeKernel('what a caller catches is not told as unhandled as well', () => {
  let report: Report;
  let alive: string | undefined;

  beforeAll(async () => {
    const args = ['--unhandled-rejections=strict', program];
    const env = { ...process.env, RTNETLINK: compiled };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 16 << 20 });
    const lines = stdout.trim().split('\n');
    alive = lines.at(-2);
    report = JSON.parse(lines.at(-1)!) as Report;
  }, 120_000);

  test('of any verb, failing at any of its steps: the process lives on', () => {
    expect(alive).toBe('still alive');
    expect(Object.keys(report.caught).length).toBeGreaterThan(150);
  });

  test('and all of them rejected, and threw nothing', () => {
    expect(report.thrown).toEqual([]);
    expect(report.resolved).toEqual([]);
  });

  test('and the stack of each leads to the call', () => {
    expect(report.lost).toEqual([]);
  });

  test('and no verb is without a case', () => {
    const called = new Set(report.cases.map((one) => one.replace(/,.*/, '')));
    const away = hiddenMembers();
    const verbs = report.verbs.filter((verb) => !away.has(verb.replace(/.*\./, '')) && !neverRejecting.includes(verb));

    expect(verbs).toContain('links.add');
    expect(verbs.filter((verb) => !called.has(verb))).toEqual([]);
  });
});

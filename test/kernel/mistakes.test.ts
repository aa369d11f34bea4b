import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';

import * as library from '../../lib';
import { describeKernel, feature, kernelSince, kernelTest, type Requirement } from '../support/kernel';
import { scratchNamespace } from '../support/scratch';

// What people do wrong, and what they are told: each file of mistakes/ is a list of calls, and below each the error. Here they are made, in
// order, in one namespace, `blue`, of which `!` lines say what is in it. `?` before a call is a line of shell that fails where the kernel lacks
// what the call needs, `?!` one that succeeds where it has what must be missing.
//
// RTNETLINK_RETELL=1 writes the files anew. They are read before they are committed: does each message say which thing is wrong, and what
// to do?

const FOLDER = path.join(__dirname, 'mistakes');
const RETELL = process.env.RTNETLINK_RETELL === '1';

interface Mistake {
  call: string;
  line: number;
  told: string;
  requirements: Requirement[];
}

/** The blocks of a file, divided by empty lines: comments, preparations and mistakes. */
function blocksOf(file: string): string[] {
  return readFileSync(path.join(FOLDER, file), 'utf8').trimEnd().split('\n\n');
}

function mistakeOf(block: string, line: number): Mistake | undefined {
  const lines = block.split('\n').filter((one) => !one.startsWith('#') && !one.startsWith('! '));
  const probes = lines.filter((one) => one.startsWith('?'));
  const [call, ...told] = lines.filter((one) => !one.startsWith('?'));
  if (call === undefined) return undefined;
  return { call, line, told: told.join('\n'), requirements: probes.map(requirementOf) };
}

function requirementOf(probe: string): Requirement {
  if (probe.startsWith('? ')) return feature(probe.slice(2), probe.slice(2));
  const shell = probe.slice(3);
  return feature(shell, shell).skip === undefined ? { skip: `this kernel has what fails elsewhere: ${shell}` } : {};
}

/** How an error is written in the files. */
function tell(error: Error, inodes: ReadonlyMap<number, string>): string {
  const { code, property } = error as { code?: unknown; property?: string };
  const what = [error.name, code, ...(property === undefined ? [] : ['at', property])].join(' ');
  const message = error.message
    .trimEnd()
    .replace(/net:\[(\d+)\]/g, (_, inode: string) => `net:[${inodes.get(Number(inode)) ?? 'N'}]`)
    .replaceAll(String(process.pid), 'PID');
  return `  ${what}\n  ${message.replaceAll('\n', '\n  ')}`;
}

describeKernel('mistakes', [kernelSince('6.12')], () => {
  describe.each(readdirSync(FOLDER))('%s', (file) => {
    const blocks = blocksOf(file);
    const retold = [...blocks];
    const scope: Record<string, unknown> = { ...library, http, net, MAC: '02:00:00:00:00:07' };
    const inodes = new Map<number, string>();

    /** Runs what is written in a file as a program would have it. */
    const run = async (call: string, line: number): Promise<unknown> => {
      const source = `return (async () => { return await (${call}); })()\n//# sourceURL=${file}:${String(line)}`;
      // eslint-disable-next-line @typescript-eslint/no-implied-eval
      const body = new Function(...Object.keys(scope), source) as (...given: unknown[]) => Promise<unknown>;
      return await body(...Object.values(scope));
    };

    let heldOpen: number | undefined;

    beforeAll(async () => {
      for (const name of ['blue', 'red', 'closed']) {
        const made = await scratchNamespace();
        scope[name] = made;
        inodes.set(made.inode, name);
      }
      // Held, for the kernel gives the inode of one that is gone to another.
      heldOpen = openSync(`/proc/self/fd/${String((scope.closed as library.NetworkNamespace).fd)}`, 'r');
      await (scope.closed as library.NetworkNamespace).close();
      for (const line of blocks.flatMap((block) => block.split('\n')))
        if (line.startsWith('! ')) await run(line.slice(2), 0);
    });

    afterAll(async () => {
      if (heldOpen !== undefined) closeSync(heldOpen);
      for (const name of ['blue', 'red']) await (scope[name] as library.NetworkNamespace | undefined)?.close();
      if (RETELL) writeFileSync(path.join(FOLDER, file), `${retold.join('\n\n')}\n`);
    });

    for (const [index, block] of blocks.entries()) {
      const mistake = mistakeOf(block, index + 1);
      if (mistake === undefined) continue;
      const { call, line, told, requirements } = mistake;
      kernelTest(`${String(line)}: ${call}`, requirements, async () => {
        const done = await run(call, line).then(
          () => undefined,
          (error: unknown) => error as Error,
        );

        expect(done).toBeDefined();
        const now = tell(done!, inodes);
        if (RETELL) retold[index] = `${block.split(/\n {2}/)[0]!}\n${now}`;
        else expect(now).toBe(told);
        // What the caller passed in, an error of a signal, is the caller's.
        if (!(done instanceof DOMException)) expect(done!.stack).toContain(`${file}:${String(line)}`);
      });
    }
  });

  test('are many', () => {
    const all = readdirSync(FOLDER).flatMap((file) =>
      blocksOf(file).filter((block) => mistakeOf(block, 0) !== undefined),
    );

    expect(all.length).toBeGreaterThan(220);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describeKernel, requiresOracle } from '../support/kernel';
import { isLong, repeatedly } from './budget';
import { runProgram } from './program';

describeKernel('a storm of signals', [requiresOracle('gcc')], () => {
  test('interrupts nothing for good, and nothing fails', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'rtnl-break-'));
    const library = path.join(directory, 'storm.so');
    execFileSync('gcc', ['-shared', '-fPIC', path.join(__dirname, 'storm.c'), '-o', library, '-lpthread']);
    try {
      await repeatedly(1, async () => {
        const under = ['env', `LD_PRELOAD=${library}`];
        const { lines, end, errors } = await runProgram('signals', { under, input: { rounds: isLong ? 40 : 1 } });

        expect({ end, errors }).toEqual({ end: 0, errors: '' });
        expect(lines.flatMap(({ failed }) => failed ?? [])).toEqual([]);
        const { heard, left } = lines.at(-1)!;
        expect(left).toMatchObject({ names: [], mounts: [], stray: [] });
        expect((left as { surplus: number }).surplus).toBeLessThanOrEqual(0);
        expect(heard).toBeGreaterThan(10);
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

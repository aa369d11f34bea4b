import { describeKernel, requiresOracle } from '../support/kernel';
import { isLong, repeatedly, seed } from './budget';
import { runProgram } from './program';

describeKernel('datagrams of another process', [requiresOracle('python3')], () => {
  test('are not taken for what the kernel says', async () => {
    await repeatedly(1, async (_, step) => {
      const input = { seed: seed + step, seconds: isLong ? 20 : 1 };
      const { lines, end, errors } = await runProgram('forged', { input });

      expect({ end, errors }).toEqual({ end: 0, errors: '' });
      expect(lines.at(-1)).toMatchObject({ faults: [] });
      expect(lines.at(-1)!.operations).toBeGreaterThan(4);
      expect(lines.at(-1)!.sent).toBeGreaterThan(10);
      expect(lines.at(-1)!.refused).toBeGreaterThan(10);
    });
  });
});

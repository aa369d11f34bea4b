import { describeKernel } from '../support/kernel';
import { isLong, repeatedly, seed } from './budget';
import { runProgram } from './program';

describeKernel('workers that are terminated', () => {
  test('leave no descriptor, thread or namespace, whatever they were doing', async () => {
    await repeatedly(1, async (_, step) => {
      const { lines, end, errors } = await runProgram('workers', { input: { seed, step, count: isLong ? 30 : 3 } });

      expect({ end, errors }).toEqual({ end: 0, errors: '' });
      expect(lines.filter(({ fault, unhandled }) => fault !== undefined || unhandled !== undefined)).toEqual([]);
      expect(lines.at(-1)).toMatchObject({ isFlat: true, left: [] });
    });
  });
});

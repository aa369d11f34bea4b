import { describeKernel } from '../support/kernel';
import { isLong, repeatedly, seed } from './budget';
import { runProgram } from './program';

/** Megabytes by which memory may be more: what V8 keeps of code and shapes, and pages that the C library does not give back. */
const MEMORY = { rss: 40, heap: 4 };

interface Held {
  rss: number;
  heap: number;
  descriptors: string[];
  threads: number;
}

describeKernel('all verbs at once, with handles closed at random', () => {
  test('work or say why, and nothing grows', async () => {
    await repeatedly(1, async (_, step) => {
      const input = { seed, step, ...(isLong ? { count: 80_000, seconds: 600 } : { count: 400, seconds: 60 }) };
      const { lines, end, errors } = await runProgram('chaos', { input, options: ['--expose-gc'] });

      expect({ end, errors }).toEqual({ end: 0, errors: '' });
      expect(lines.filter(({ fault, unhandled }) => fault !== undefined || unhandled !== undefined)).toEqual([]);
      const { operations, middle, after, left } = lines.at(-1) as {
        operations: number;
        middle: Held;
        after: Held;
        left: string[];
      };
      expect(left).toEqual([]);
      expect(operations).toBeGreaterThan(100);
      // A failure shows what is open.
      if (after.descriptors.length > middle.descriptors.length + 1)
        expect(after.descriptors).toEqual(middle.descriptors);
      expect(after.threads).toBeLessThanOrEqual(middle.threads);
      expect(after.heap).toBeLessThanOrEqual(middle.heap + MEMORY.heap);
      expect(after.rss).toBeLessThanOrEqual(middle.rss + MEMORY.rss);
      if (isLong) process.stderr.write(`${JSON.stringify(lines.at(-1))}\n`);
    });
  });
});

import { floor, floorSteps } from '../contenders/floor';
import type { Findings } from '../findings';
import { freshBridge } from '../host';
import { measurePart, scaled, type PartOptions } from '../part';
import { plan } from '../plan';
import { summarize } from '../statistics';

const NETWORKS = 200;
const ROUNDS = 7;

/** What each kernel call of a container network costs, as the C floor sees it. */
async function measureSteps(options: PartOptions): Promise<Findings> {
  const planned = plan(options.networks ?? scaled(options, NETWORKS));
  const spent = new Map<string, number[]>();
  for (let round = 0; round < (options.rounds ?? ROUNDS); round++) {
    await freshBridge();
    for (const [step, times] of Object.entries(await floorSteps(planned))) {
      spent.set(step, [...(spent.get(step) ?? []), ...times]);
    }
    await floor.tearDown(planned);
  }
  const title = [
    `The kernel calls of a container network, one of ${planned.networks.length} on one bridge, in microseconds:`,
    'median, mean (what others do meanwhile is in it), part of the whole by the mean.',
  ].join('\n');
  return { rows: [], tables: [{ title, cells: cellsOf(spent) }] };
}

function cellsOf(spent: Map<string, number[]>): string[][] {
  const sums = [...spent].map(([step, times]) => ({ step, ...summarize(times), mean: mean(times) }));
  const whole = sums.reduce((sum, step) => sum + step.mean, 0);
  return [
    ['', 'median', 'mean', 'part'],
    ...sums.map(({ step, median, mean: average }) => [
      step,
      median.toFixed(0),
      average.toFixed(0),
      `${((100 * average) / whole).toFixed(0)} %`,
    ]),
    ['all', sums.reduce((sum, { median }) => sum + median, 0).toFixed(0), whole.toFixed(0), ''],
  ];
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

measurePart(measureSteps);

import os from 'node:os';
import { parseArgs } from 'node:util';

import { floorSteps, floor } from './contenders/floor';
import { enterPrivateHost, freshBridge } from './host';
import { plan } from './plan';
import { machine, table } from './report';
import { summarize } from './statistics';

/** What each kernel call of a container network costs, as the C floor sees it: in the private host that index.ts makes. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { networks: { type: 'string', default: '200' }, rounds: { type: 'string', default: '7' } },
  });
  const [load = 0] = os.loadavg();
  await enterPrivateHost();
  const planned = plan(Number(values.networks));
  const spent = new Map<string, number[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    await freshBridge();
    for (const [step, times] of Object.entries(await floorSteps(planned))) {
      spent.set(step, [...(spent.get(step) ?? []), ...times]);
    }
    await floor.tearDown(planned);
  }
  console.log(text(spent, planned.networks.length, load));
}

function text(spent: Map<string, number[]>, networks: number, load: number): string {
  const sums = [...spent].map(([step, times]) => ({ step, ...summarize(times), mean: mean(times) }));
  const whole = sums.reduce((sum, step) => sum + step.mean, 0);
  return [
    `The kernel calls of a container network, one of ${networks} on one bridge`,
    `${machine()}, load average ${load.toFixed(2)} at the start`,
    'Microseconds: median, mean (what others do meanwhile is in it), part of the whole by the mean.',
    table([
      ['', 'median', 'mean', 'part'],
      ...sums.map(({ step, median, mean: average }) => [
        step,
        median.toFixed(0),
        average.toFixed(0),
        `${((100 * average) / whole).toFixed(0)} %`,
      ]),
      ['all', sums.reduce((sum, { median }) => sum + median, 0).toFixed(0), whole.toFixed(0), ''],
    ]),
  ].join('\n');
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { hostNamespace } from 'rtnetlink';

// A process of its own, so that nothing else is in its memory: streams all routes and prints how many there were, its
// resident memory before and at most, in bytes, and how late its event loop was, in milliseconds.

const LOOK_EVERY = 4096;

async function main(): Promise<void> {
  const host = hostNamespace();
  await host.links.get('lo');
  const idle = process.memoryUsage.rss();
  let peak = idle;
  let rows = 0;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for await (const _ of host.routes.stream()) {
    if (++rows % LOOK_EVERY === 0) peak = Math.max(peak, process.memoryUsage.rss());
  }
  delay.disable();
  console.log(JSON.stringify({ rows, idle, peak, p999: delay.percentile(99.9) / 1e6, max: delay.max / 1e6 }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

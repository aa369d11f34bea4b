import { hostNamespace } from 'rtnetlink';

import { watchOfEventLoop } from '../event-loop';

// A process of its own, so that nothing else is in its memory: streams all routes and prints how many there were, its
// resident memory before and at most, in bytes, and how late its event loop was.

const LOOK_EVERY = 4096;

async function main(): Promise<void> {
  const host = hostNamespace();
  await host.links.get('lo');
  const idle = process.memoryUsage.rss();
  let peak = idle;
  let rows = 0;
  const watch = watchOfEventLoop();
  await watch.during(async () => {
    for await (const _ of host.routes.stream()) {
      if (++rows % LOOK_EVERY === 0) peak = Math.max(peak, process.memoryUsage.rss());
    }
  });
  console.log(JSON.stringify({ rows, idle, peak, delay: watch.found() }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

/**
 * `ip netns exec`: runs a program in a namespace, which is given by name, path or process.
 * netns-exec blue ip address; netns-exec 4711 ss -tln; netns-exec /proc/4711/ns/net bash
 */
import os from 'node:os';

import { openNamespace } from 'rtnetlink';

async function main([target = '', command, ...args]: string[]): Promise<void> {
  if (command === undefined) throw new Error('usage: netns-exec NAME|PATH|PID COMMAND [ARGUMENT ...]');
  await using namespace = await openNamespace(/^\d+$/.test(target) ? { pid: Number(target) } : target);

  const child = namespace.spawn(command, args, { stdio: 'inherit' });
  // Ctrl-C reaches the program as well, which has its own way with it.
  for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => undefined);
  process.on('SIGTERM', () => child.kill());
  await new Promise<void>((resolve, reject) => child.on('close', resolve).on('error', reject));

  process.exitCode = child.exitCode ?? 128 + os.constants.signals[child.signalCode!];
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 125;
});

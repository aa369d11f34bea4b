import { lastFound } from '../support/until';
import { inventory, isOfLiveRun, isOfTests, removeEtcFiles } from './machine';

/** Fails the run, whatever its tests said, when namespaces, links or mounts are left on the machine. */
export default async function teardown(): Promise<void> {
  if (!globalThis.hadEtcFiles) removeEtcFiles();
  // The kernel removes a namespace's devices a while after the namespace; programs beside us come and go.
  const left = await lastFound(leftovers, (found) => found.length === 0);
  // What bears no name of ours may be another program's work: that fails the run only where nobody else works.
  const certain = process.env.CI ? left : left.filter(isOfTests);
  const doubtful = left.filter((item) => !certain.includes(item));
  if (doubtful.length > 0) console.warn(`New on this machine since the tests began:\n  ${doubtful.join('\n  ')}`);
  if (certain.length > 0) throw new Error(`The tests left behind:\n  ${certain.join('\n  ')}`);
}

function leftovers(): string[] {
  const before = new Set(globalThis.machineBefore);
  return inventory().filter((item) => !before.has(item) && !isOfLiveRun(item));
}

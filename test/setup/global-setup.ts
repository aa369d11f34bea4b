import { compilePrograms } from '../examples/programs';
import { packLibrary } from './packed-library';
import { hasEtcFiles, inventory, removeStaleNamespaces, type Inventory } from './machine';

declare global {
  var machineBefore: Inventory;
  var hadEtcFiles: boolean;
}

export default async function setup({ nonFlagArgs }: { nonFlagArgs: string[] }): Promise<void> {
  await Promise.all([packLibrary(), nonFlagArgs.length === 0 ? compilePrograms() : undefined]);
  if (process.getuid?.() === 0) removeStaleNamespaces();
  globalThis.machineBefore = inventory();
  globalThis.hadEtcFiles = hasEtcFiles();
}

import { compilePrograms } from '../examples/programs';
import { packLibrary } from './packed-library';
import { hasEtcFiles, inventory, removeStaleNamespaces, type Inventory } from './machine';

declare global {
  var machineBefore: Inventory;
  var hadEtcFiles: boolean;
}

export default async function setup({ nonFlagArgs }: { nonFlagArgs: string[] }): Promise<void> {
  await packLibrary();
  if (nonFlagArgs.length === 0) compilePrograms();
  if (process.getuid?.() === 0) removeStaleNamespaces();
  globalThis.machineBefore = inventory();
  globalThis.hadEtcFiles = hasEtcFiles();
}

import { compilePrograms } from '../examples/programs';
import { hasEtcFiles, inventory, removeStaleNamespaces, type Inventory } from './machine';

declare global {
  var machineBefore: Inventory;
  var hadEtcFiles: boolean;
}

export default function setup({ nonFlagArgs }: { nonFlagArgs: string[] }): void {
  if (nonFlagArgs.length === 0) compilePrograms();
  if (process.getuid?.() === 0) removeStaleNamespaces();
  globalThis.machineBefore = inventory();
  globalThis.hadEtcFiles = hasEtcFiles();
}

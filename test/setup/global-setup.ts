import { hasEtcFiles, inventory, removeStaleNamespaces, type Inventory } from './machine';

declare global {
  var machineBefore: Inventory;
  var hadEtcFiles: boolean;
}

export default function setup(): void {
  if (process.getuid?.() === 0) removeStaleNamespaces();
  globalThis.machineBefore = inventory();
  globalThis.hadEtcFiles = hasEtcFiles();
}

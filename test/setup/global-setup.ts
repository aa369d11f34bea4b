import { inventory, removeStaleNamespaces, type Inventory } from './machine';

declare global {
  var machineBefore: Inventory;
}

export default function setup(): void {
  if (process.getuid?.() === 0) removeStaleNamespaces();
  globalThis.machineBefore = inventory();
}

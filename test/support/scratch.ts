import { createNamespace, type NetworkNamespace } from '../../lib';

/** A namespace without a name, gone with the block that holds it: `await using a = await scratchNamespace()`. */
export function scratchNamespace(): Promise<NetworkNamespace> {
  return createNamespace();
}

let counter = 0;

/**
 * A name for a namespace or a link that no other test has, at most 15 bytes long. It carries this process, so that a
 * later run can tell what a killed one left: see test/setup/machine.ts.
 */
export function uniqueName(): string {
  return `rtnl-${process.pid}-${(counter++).toString(36)}`;
}

/** Packs lib/ as it is now. */
export function packLibrary(): Promise<void>;

/** A command, and the call that does the same. */
export interface Pair {
  /** What is there before, in nft's language. */
  setting: string;
  /** Lines of shell. */
  command: string;
  /** The code of the call, in which `host` is the namespace. */
  code: string;
}

/** All pairs of docs/from-ip.md. */
export function pairs(): Pair[];
/** Writes the calls as JavaScript: a module with a function for each pair, which takes the namespace. Gives the file's name. */
export function writeCalls(): string;

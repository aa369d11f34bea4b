import { packages } from '../packages';

/** Far above what the kernel numbers by itself. */
const FIRST_CHOSEN_INDEX = 0x100000;

/** An index for a link that could not be told from others otherwise. */
export function chosenIndex(): number {
  return packages.crypto.randomInt(FIRST_CHOSEN_INDEX, 0x7fffffff);
}

import { packages } from '../packages';

/** Far above the indexes that the kernel chooses by itself. */
const FIRST_CHOSEN_INDEX = 0x100000;

/** An index for a new link that could not be identified otherwise. */
export function chosenIndex(): number {
  return packages.crypto.randomInt(FIRST_CHOSEN_INDEX, 0x7fffffff);
}

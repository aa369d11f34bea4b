import { AF, type IpFamily } from '../codec';
import { show, wrongType, wrongValue } from '../errors';

/** An address family where one is an option: by iproute2's word, or by Node's number. */
export type IpFamilyOption = IpFamily | 4 | 6;

const words: ReadonlyMap<unknown, IpFamily> = new Map<unknown, IpFamily>([
  ['inet', 'inet'],
  [4, 'inet'],
  ['inet6', 'inet6'],
  [6, 'inet6'],
]);

/** The word of a family that an option names; undefined if it names none. */
export function familyOption(family: IpFamilyOption | undefined): IpFamily | undefined {
  if (family === undefined) return undefined;
  const word = words.get(family);
  if (word !== undefined) return word;
  const reason = `must be 'inet' or 4, 'inet6' or 6, not ${show(family)}`;
  const isNamed = typeof family === 'string' || typeof family === 'number';
  throw isNamed ? wrongValue(reason, 'family') : wrongType(reason, 'family');
}

/** The kernel's number of a family that an option names: AF_UNSPEC if it names none. */
export function familyNumber(family: IpFamilyOption | undefined): number {
  return AF[familyOption(family) ?? 'unspec'];
}

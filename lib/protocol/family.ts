import {
  AF,
  familyNames,
  familyWord,
  uint8,
  type ConstantField,
  type Field,
  type Fields,
  type FixedType,
  type IpFamily,
  type Members,
  type Message,
  type Source,
} from '../codec';
import { show, wrongType, wrongValue } from '../errors';

/** An address family as an option: iproute2's word, or Node's number. */
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

/** The family's byte in a header; 0 stands for none. */
export const familyType: FixedType<IpFamily, IpFamilyOption> = {
  size: 1,
  encode(writer, value) {
    writer.uint8(familyNumber(value));
  },
  decode: (source, start, end) => familyWord(uint8.decode(source, start, end)) as IpFamily,
};

/** The family property of a message for one family, which is known before the message is encoded. */
export function familyField(family: IpFamily): Field<IpFamily, IpFamilyOption> & ConstantField {
  return {
    numbers: [],
    members: ['family'],
    readOnly: false,
    isConstant: true,
    begin: () => family,
    encode(_writer, value) {
      if (familyOption(value) !== family)
        throw wrongValue(`must be that of the addresses, '${family}', not ${show(value)}`);
    },
    decode: () => family,
  };
}

/** A message with fields that depend on the address family: one declaration for each. */
export interface FamilyMessages<One extends AnyMessage> {
  readonly inet: One;
  readonly inet6: One;
  /** Decodes a message of either family; undefined for other families. */
  decode: (source: Source, start: number, end: number) => ReturnType<One['decode']> | undefined;
  locate: One['locate'];
}

type AnyMessage = Pick<Message<Members, Fields>, 'locate'> & {
  decode: (source: Source, start: number, end: number) => unknown;
};

/** Declares a message for each address family, each when it is first needed. */
export function ofEachFamily<One extends AnyMessage>(declare: (family: IpFamily) => One): FamilyMessages<One> {
  let inet: One | undefined;
  let inet6: One | undefined;
  const of = (source: Source, start: number) => {
    const number = source.bytes[start];
    if (number === AF.inet6) return (inet6 ??= declare('inet6'));
    return number === AF.inet ? (inet ??= declare('inet')) : undefined;
  };
  return {
    get inet() {
      return (inet ??= declare('inet'));
    },
    get inet6() {
      return (inet6 ??= declare('inet6'));
    },
    decode: (source, start, end) => of(source, start)?.decode(source, start, end) as ReturnType<One['decode']>,
    locate(source, start, end, offset) {
      const one = of(source, start) ?? (inet ??= declare('inet'));
      return one.locate(source, start, end, offset);
    },
  };
}

/**
 * Refuses properties that only `wanted` has in messages of another family, where the kernel would silently ignore them.
 */
export function onlyIn(wanted: IpFamily, family: IpFamily, what: string) {
  return <Output, Input>(of: Field<Output, Input>): Field<Output, Input> => {
    if (wanted === family) return of;
    return {
      ...of,
      encode() {
        throw wrongValue(`is a property of ${familyNames[wanted]} ${what} only`);
      },
    };
  };
}

import fc from 'fast-check';

import { Call, mapped, type Place } from './calls';

const place: fc.Arbitrary<Place> = fc.constantFrom('a', 'b');

/** A call of a verb, with arguments that may depend on where it is made. */
export function calls(
  verb: string,
  given: (on: Place) => fc.Arbitrary<readonly unknown[]>,
  isAlone = false,
): fc.Arbitrary<Call> {
  // fast-check makes some objects without a prototype, which is of no use here.
  const plain = (args: readonly unknown[]) => mapped(args, (namespace) => namespace) as unknown[];
  return place.chain((on) => given(on).map((args) => new Call(on, verb, plain(args), isAlone)));
}

/** An object that has each property or has it not. */
export function some(model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> {
  return fc.record(model, { requiredKeys: [] });
}

import { checkInteger } from '../../../../codec';
import { at, show, wrongType, wrongValue } from '../../../../errors';
import { bytesOf, numberIn, type ValueType } from '../values/value-type';
import type { Selector, Step } from './selector';

// What is done to the value of a field before it is used, as callers say it: `{ of: 'mark', and: 0xff }`.

const ofBits = ['and', 'or', 'xor'] as const;
const shifts = { shiftLeft: 'left', shiftRight: 'right' } as const;
const names: readonly string[] = ['of', ...ofBits, ...Object.keys(shifts), 'asIs'];

/** Whether bits of a type are said as its values are, an address or a list of flags; as a number otherwise. */
function isSaidAsValue({ hasPrefixes, isFlags, name }: ValueType): boolean {
  return hasPrefixes === true || isFlags === true || name === 'ether_addr';
}

const LARGEST_NUMBER = 6;
const LARGEST_SHIFT = 31;

function bytesAt(given: Record<string, unknown>, name: string, type: ValueType): Uint8Array | undefined {
  const { [name]: value } = given;
  if (value === undefined) return undefined;
  return at(name, () => {
    if (isSaidAsValue(type) || type.size > LARGEST_NUMBER) return type.parse(value);
    checkInteger(value, 0, 2 ** (type.size * 8) - 1);
    return bytesOf(value, type.size, type.isHost);
  });
}

function stepOf(type: ValueType, given: Record<string, unknown>): Step | undefined {
  const [and, or, xor] = ofBits.map((name) => bytesAt(given, name, type));
  const isOfBits = and !== undefined || or !== undefined || xor !== undefined;
  const shift = (['shiftLeft', 'shiftRight'] as const).filter((name) => given[name] !== undefined);
  if (Number(isOfBits) + shift.length > 1)
    throw wrongValue("cannot stand beside 'and', 'or', 'xor' or another shift: one field is made of another", shift[0]);
  const [name] = shift;
  if (name !== undefined) {
    const { [name]: by } = given;
    at(name, () => {
      checkInteger(by, 1, LARGEST_SHIFT);
    });
    return { shift: by as number, to: shifts[name] };
  }
  if (!isOfBits) return undefined;
  const bit = (bytes: Uint8Array | undefined, index: number, other: number) => bytes?.[index] ?? other;
  const mask = new Uint8Array(type.size).map((_, index) => bit(and, index, 0xff) & ~bit(or, index, 0));
  const turned = new Uint8Array(type.size).map((_, index) => bit(or, index, 0) ^ bit(xor, index, 0));
  return { mask, xor: turned };
}

/** A field whose value is changed. Throws for changes that are wrong. */
export function changed(selector: Selector, given: object): Selector {
  const { type } = selector;
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw wrongValue(`is no property here: there are ${names.join(', ')}`, unknown);
  const { asIs } = given as { asIs?: unknown };
  if (asIs !== undefined && typeof asIs !== 'boolean')
    throw wrongType(`must be true or false, not ${show(asIs)}`, 'asIs');
  if (!canChange(selector)) throw wrongValue('cannot be changed: its bits are not where they are loaded', 'of');
  const step = stepOf(type, given as Record<string, unknown>);
  if (step === undefined && asIs !== true)
    throw wrongType(
      "must have 'and', 'or', 'xor', 'shiftLeft', 'shiftRight' or 'asIs'; a field alone is said as it is",
    );
  return {
    ...selector,
    ...(asIs === true && { isAsIs: true }),
    ...(step !== undefined && { steps: [...(selector.steps ?? []), step] }),
  };
}

/** The first of some steps, if that keeps some bits and turns others. */
export function maskIn([step]: readonly Step[] = []): Extract<Step, { mask: Uint8Array }> | undefined {
  return step?.mask === undefined ? undefined : step;
}

/** Whether the bits of a field can be changed: a text has none, and others are not moved to where they count. */
export function canChange({ type, load, bits }: Selector): boolean {
  const { length = type.size } = load as { length?: number };
  return type.isText !== true && (bits === undefined || length === type.size);
}

/** A field with what is done to its value, in words. */
export function inChanges(field: unknown, { type, steps = [], isAsIs }: Selector): unknown {
  const found = steps.reduce<unknown>((of, step) => ({ of, ...wordsOf(type, step) }), field);
  if (isAsIs !== true) return found;
  return steps.length > 0 ? { ...(found as object), asIs: true } : { of: found, asIs: true };
}

function wordsOf(type: ValueType, step: Step): object {
  if (step.mask === undefined) return { [step.to === 'left' ? 'shiftLeft' : 'shiftRight']: step.shift };
  const { kept, set, turned } = bitsOfStep(step);
  const said = (bytes: Uint8Array) => bitsIn(type, bytes);
  return {
    // Without the bits that are set, which nft writes among them.
    ...(kept && { and: said(step.mask) }),
    ...(set && { or: said(set) }),
    ...(turned && { xor: said(turned) }),
  };
}

/** Bits of a type as callers say them. */
export function bitsIn(type: ValueType, bytes: Uint8Array): unknown {
  return isSaidAsValue(type) || type.size > LARGEST_NUMBER ? type.format(bytes) : numberIn(bytes, type.isHost);
}

/**
 * The bits that a step keeps, those that it sets, and those that it turns, where these change something: a step that changes nothing keeps all. One that
 * is set counts as kept.
 */
export function bitsOfStep({ mask, xor }: Extract<Step, { mask: Uint8Array }>) {
  const each = (of: (kept: number, turned: number) => number) =>
    mask.map((kept, index) => of(kept, xor?.[index] ?? 0) & 0xff);
  const [kept, set, turned] = [
    each((kept, turned) => kept | turned),
    each((kept, turned) => turned & ~kept),
    each((kept, turned) => turned & kept),
  ] as const;
  const [sets, turns] = [set, turned].map((bytes) => bytes.some((byte) => byte !== 0));
  const keeps = kept.some((byte) => byte !== 0xff) || (!sets && !turns);
  return { ...(keeps && { kept }), ...(sets && { set }), ...(turns && { turned }) };
}

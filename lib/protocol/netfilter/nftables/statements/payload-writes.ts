import { at, wrongValue } from '../../../../errors';
import type { ExpressionOf } from '../expressions';
import { everySelector, type Named } from '../selectors';
import { maskIn } from '../selectors/changes';
import { placeOf } from '../selectors/field';
import type { Load } from '../selectors/selector';
import { bytesOf, numberIn } from '../values/value-type';
import { bitwise, placedType } from './loading';
import { unnamedOf } from './operand';
import type { RuleReader } from './rule-reader';
import { REGISTER, type RuleWriter } from './rule-writer';
import { readSource, writeSource } from './source';

// Fields of headers that are written, and the checksums that the kernel mends for them.

type PayloadLoad = Extract<Load, { kind: 'payload' }>;

/** How a checksum is computed, and where in its header it stands (NFT_PAYLOAD_CSUM_*). */
interface Checksum {
  readonly checksumType: number;
  readonly checksumOffset: number;
}

const inet = (checksumOffset: number): Checksum => ({ checksumType: 1, checksumOffset });
const checksums: Record<string, Checksum> = {
  ...{ ip: inet(10), tcp: inet(16), udp: inet(6), icmp: inet(2), icmpv6: inet(2), igmp: inet(2) },
  sctp: { checksumType: 2, checksumOffset: 8 },
};

/** Whether a field counts in the checksum of the layer above (NFT_PAYLOAD_L4CSUM_PSEUDOHDR). */
function isInPseudoHeader([header, field = '']: readonly string[]): boolean {
  return (header === 'ip' || header === 'ip6') && ['source', 'destination', 'length'].includes(field);
}

/** The bytes that are written at once. A checksum is mended by pairs of bytes. */
interface Window {
  readonly base: PayloadLoad['base'];
  readonly offset: number;
  readonly length: number;
  /** The bits of the field in it; undefined if they are all. */
  readonly bits?: { readonly mask: number; readonly shift: number };
}

function windowOf({ path, selector }: Named): Window {
  const { base, offset: first = 0, length: size = 0 } = selector.load as PayloadLoad;
  const isPaired = checksums[path[0]!] !== undefined;
  const offset = isPaired ? first & ~1 : first;
  const length = isPaired ? ((first + size + 1) & ~1) - offset : size;
  if (selector.bits === undefined && length === size) return { base, offset, length };
  const right = (offset + length - first - size) * 8;
  const { mask, shift } = selector.bits ?? { mask: 2 ** (size * 8) - 1, shift: 0 };
  return { base, offset, length, bits: { mask: mask * 2 ** right, shift: shift + right } };
}

function checksumOf(path: readonly string[]): Partial<ExpressionOf<'payload'>> {
  return { ...checksums[path[0]!], ...(isInPseudoHeader(path) && { checksumFlags: 1 }) };
}

/** Writes a value to a field of a header. */
export function writePayload(writer: RuleWriter, named: Named, given: unknown): void {
  const { path, selector } = named;
  const { bits, ...window } = windowOf(named);
  at(path.join('.'), () => {
    writer.need(selector.needs);
    if (bits === undefined) {
      writeSource(writer, selector.type, given);
      return;
    }
    if (typeof given === 'object' && given !== null && !Array.isArray(given))
      throw wrongValue('must be a value: it is less than the bytes that are written at once');
    const value = numberIn(selector.type.parse(given), false);
    const kept = 2 ** (window.length * 8) - 1 - bits.mask;
    const bytes = (number: number) => bytesOf(number, window.length, false);
    writer.add({ kind: 'payload', ...window, into: REGISTER });
    writer.add(bitwise(bytes(kept), bytes(value * 2 ** bits.shift)));
  });
  writer.add({ kind: 'payload', ...window, from: REGISTER, ...checksumOf(path) });
}

let parts: Map<string, Named[]> | undefined;

const keyOf = ({ base, offset = 0, length = 0 }: Pick<PayloadLoad, 'base' | 'offset' | 'length'>, kept: number) =>
  [base, offset, length, kept].join();

/** The fields that are part of what is written, where the other bits are kept. */
function partsOf(window: PayloadLoad, kept: Uint8Array): readonly Named[] {
  if (parts === undefined) {
    parts = new Map();
    for (const named of everySelector()) {
      if (named.selector.load.kind !== 'payload') continue;
      const found = windowOf(named);
      if (found.bits === undefined) continue;
      const key = keyOf(found, 2 ** (found.length * 8) - 1 - found.bits.mask);
      parts.set(key, [...(parts.get(key) ?? []), named]);
    }
  }
  return parts.get(keyOf(window, numberIn(kept, false))) ?? [];
}

/** Whether the kernel mends the checksums of a field as it is told here. */
function hasChecksums(path: readonly string[], written: ExpressionOf<'payload'>): boolean {
  const { checksumType = 0, checksumOffset = 0, checksumFlags = 0 } = checksumOf(path);
  return (
    (written.checksumType ?? 0) === checksumType &&
    (written.checksumOffset ?? 0) === checksumOffset &&
    (written.checksumFlags ?? 0) === checksumFlags
  );
}

/** Reads what is written to a packet; false if there are no words for it. */
export function readPayloadWrite(reader: RuleReader, written: ExpressionOf<'payload'>): boolean {
  const { from, base, offset = 0, length = 0 } = written;
  const load: PayloadLoad = { kind: 'payload', base, offset, length };
  const part = readPart(reader, written, load);
  if (part !== undefined) {
    reader.operand(from);
    reader.add({ set: placeOf(part.named, part.value) }, part.named.selector.needs);
    return true;
  }
  const named = reader.selectorOf(reader.loaded(load)) ?? unnamedOf({ load });
  if (named === undefined || !hasChecksums(named.path, written) || windowOf(named).bits !== undefined) return false;
  const source = readSource(reader, from, placedType(named.selector));
  if (source === undefined) return false;
  reader.add({ set: placeOf(named, source.value) }, [...named.selector.needs, ...source.needs]);
  return true;
}

/** A field that is part of what is written, where the other bits stay as they are; undefined if that is something else. */
function readPart(reader: RuleReader, written: ExpressionOf<'payload'>, load: PayloadLoad) {
  const operand = reader.peekOperand(written.from);
  const step = maskIn(operand?.steps);
  const { length = 0 } = load;
  if (step?.mask.length !== length || operand!.steps!.length > 1 || !isSame(operand!.load, load)) return undefined;
  const named = reader.knownAmong(partsOf(load, step.mask));
  const window = named && windowOf(named);
  if (window?.bits === undefined || !hasChecksums(named!.path, written)) return undefined;
  const { mask, shift } = window.bits;
  const number = numberIn(step.xor ?? new Uint8Array(length), false);
  if (hasOthers(number, mask)) return undefined;
  const { type } = named!.selector;
  return { named: named!, value: type.format(bytesOf(number / 2 ** shift, type.size, false)) };
}

function isSame(one: Load | undefined, other: PayloadLoad): boolean {
  if (one?.kind !== 'payload') return false;
  return one.base === other.base && one.offset === other.offset && one.length === other.length;
}

/** Whether a number has bits besides those of a mask. */
function hasOthers(number: number, mask: number): boolean {
  return (BigInt(number) & ~BigInt(mask)) !== 0n;
}

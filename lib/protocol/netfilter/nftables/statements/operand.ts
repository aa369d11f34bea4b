import { everySelector, familiesByLoad, unnamedBytes, type Named } from '../selectors';
import type { Taken } from '../selectors/family';
import type { Load, Step } from '../selectors/selector';
import type { LookedUp } from './looked-up';

/** What a map gives for something of a packet. */
export interface MapLookUp {
  readonly set: string;
  readonly what: LookedUp;
}

/** What a register holds. */
export interface Operand {
  /** What may have been loaded: which, the protocols tell, or the bits that are meant. */
  readonly named?: readonly Named[];
  readonly load?: Load;
  /** What was done to that since. */
  readonly steps?: readonly Step[];
  readonly isSwapped?: boolean;
  /** What was turned into the order of the host, and has to be turned back before it is something. */
  readonly turned?: { readonly of: Operand; readonly length: number; readonly size: number; readonly step?: Step };
  readonly bytes?: Uint8Array;
  readonly map?: MapLookUp;
}

let byLoad: Map<string, Named[]> | undefined;

function keyOf(load: Load): string {
  // In a fixed order, and with how many there are, so that one that has others besides is another one.
  const { kind, base, offset, length, key, direction } = load as Partial<Record<string, string | number>>;
  let count = 0;
  for (const _ in load) count++;
  const found = `${kind!},${base ?? ''},${offset ?? ''},${length ?? ''},${key ?? ''},${direction ?? ''},${count}`;
  return load.kind === 'exthdr' ? `${found},${String(load.of)},${String(load.type)},${String(load.flags)}` : found;
}

function note(all: Map<string, Named[]>, named: Named): void {
  const key = keyOf(named.selector.load);
  all.set(key, [...(all.get(key) ?? []), named]);
}

/** What was loaded before, by expressions that many rules have. */
const loaded = new WeakMap<object, Operand>();

/** What an expression loads. */
export function operandOf(expression: Load & { into?: number | undefined }, taken: Taken): Operand {
  const known = loaded.get(expression);
  if (known !== undefined) return known;
  const { into: _, ...load } = expression;
  const named = plainSelectors(load);
  if (named === undefined) return { load, named: selectorsInFamilies(load, taken) };
  const operand = { load, named };
  loaded.set(expression, operand);
  return operand;
}

/** The selectors that load this. */
export function selectorsOf(load: Load, taken: Taken): readonly Named[] {
  return plainSelectors(load) ?? selectorsInFamilies(load, taken);
}

/** Those that are in no family. */
function plainSelectors(load: Load): readonly Named[] | undefined {
  if (byLoad === undefined) {
    byLoad = new Map();
    for (const named of everySelector()) {
      const { byNumber, index } = named.selector;
      note(byLoad, named);
      if (byNumber !== undefined) note(byLoad, { ...named, selector: byNumber, ...(index && { fieldPath: [index] }) });
    }
  }
  return byLoad.get(keyOf(load));
}

function selectorsInFamilies(load: Load, taken: Taken): readonly Named[] {
  return (familiesByLoad[load.kind as 'fib'] ?? []).flatMap(({ path, family }) => {
    const selected = family.read(load, taken);
    if (selected === undefined) return [];
    const { result, fieldResult, selector, parameters } = selected;
    const asField = fieldResult !== undefined && { fieldPath: [...path, fieldResult] };
    return [{ path: [...path, result], selector, family, parameters, ...asField }];
  });
}

/** Bytes that are loaded and have no name. */
export function unnamedOf({ load }: Operand): Named | undefined {
  if (load?.kind !== 'payload') return undefined;
  const { path, family } = unnamedBytes;
  const selected = family.read(load, { fieldsFrom: () => undefined });
  return selected && { path: [...path, selected.result], family, ...selected };
}

/** Registers of four bytes that an operand takes. */
export function wordsOf({ named = [], bytes }: Operand): number {
  return Math.ceil((bytes?.length ?? named[0]?.selector.type.size ?? 4) / 4);
}

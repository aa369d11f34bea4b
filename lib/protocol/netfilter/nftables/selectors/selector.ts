import type { Expression } from '../expressions';
import type { ValueType } from '../values/value-type';
import type { SelectorFamily } from './family';
import type { Tells } from './tells';

/** A protocol that a packet has to have before one of its fields means anything. */
export type Need =
  | { readonly layer: 'link'; readonly protocol: 'ether' | 'vlan' }
  | { readonly layer: 'network'; readonly protocol: 'ip' | 'ip6' | 'arp' }
  | { readonly layer: 'transport'; readonly protocol: number };

/** An expression that puts something into a register, but for the register. */
export type Load = WithoutRegister<Extract<Expression, { kind: LoadKind }>>;
type WithoutRegister<E> = E extends unknown ? Omit<E, 'into'> : never;
type LoadKind =
  'payload' | 'meta' | 'ct' | 'rt' | 'socket' | 'fib' | 'numgen' | 'hash' | 'exthdr' | 'osf' | 'xfrm' | 'tunnel';

/** What is done to a value that is loaded: some of its bits are kept and others turned, or all are moved. */
export type Step =
  | { readonly mask: Uint8Array; readonly xor?: Uint8Array | undefined }
  | {
      readonly mask?: undefined;
      readonly shift: number;
      readonly to: 'left' | 'right';
      /** Of what was read: whether it was turned into the order of the host for that, and back. */
      readonly isNumber?: boolean;
    };

/** Something of a packet that can be asked for: 'ip source', 'mark'. */
export interface Selector<Value = unknown> {
  readonly type: ValueType<Value>;
  readonly load: Load;
  /** The bits that are meant, of those that are loaded, and how far they are to the left. */
  readonly bits?: { readonly mask: number; readonly shift: number };
  /** What is done to that. */
  readonly steps?: readonly Step[];
  /** Whether its bytes are written elsewhere in the order that they have. */
  readonly isAsIs?: boolean;
  readonly needs: readonly Need[];
  /** The same by its number, for a value that is one. */
  readonly byNumber?: Selector<number>;
  /** The name of that, where no value says which of the two is meant. */
  readonly index?: string;
  /** The fields that it is computed of, one behind the other. */
  readonly takes?: readonly Selector[];
  /** The protocol that a value of it tells. */
  readonly tells?: Tells;
  /** Whether it can be written, and not be asked for. */
  readonly isWriteOnly?: boolean;
}

/** Selectors by their names, which may stand in others: `ip.source`. */
export interface SelectorTree {
  readonly [name: string]: Selector | SelectorFamily | SelectorTree;
}

export function isSelector(one: Selector | SelectorFamily | SelectorTree): one is Selector {
  return typeof (one as { load?: unknown }).load === 'object';
}

type Base = 'linkLayer' | 'network' | 'transport';

/** A field of a header, at an offset in bytes. */
export function inHeader(base: Base, needs: readonly Need[]) {
  return {
    at: <V>(offset: number, type: ValueType<V>): Selector<V> => ({
      type,
      load: { kind: 'payload', base, offset, length: type.size },
      needs,
    }),
    /** Some of the bits of so many bytes: `shift` of them are to the right of it. */
    bits: <V>(offset: number, length: number, type: ValueType<V>, mask: number, shift: number): Selector<V> => ({
      type,
      load: { kind: 'payload', base, offset, length },
      bits: { mask, shift },
      needs,
    }),
  };
}

/* eslint-disable @typescript-eslint/no-require-imports -- a kind is loaded when an encapsulation of it is first met */
import {
  choice,
  nested,
  octets,
  uint16,
  variantField,
  variants,
  type Field,
  type OtherKind,
  type Word,
} from '../../codec';
import { whenNeeded } from '../../when-needed';
import type * as Ip from './ip';
import type { Ip6Encapsulation, Ip6EncapsulationOptions, IpEncapsulation, IpEncapsulationOptions } from './ip';
import type * as Mpls from './mpls';
import type { MplsEncapsulation, MplsEncapsulationOptions } from './mpls';

export type {
  Ip6Encapsulation,
  Ip6EncapsulationOptions,
  IpEncapsulation,
  IpEncapsulationOptions,
  TunnelOptions,
} from './ip';
export type { MplsEncapsulation, MplsEncapsulationOptions } from './mpls';

/** Kinds of light-weight tunnels (LWTUNNEL_ENCAP_*). */
const encapTypes = {
  mpls: 1,
  ip: 2,
  ila: 3,
  ip6: 4,
  seg6: 5,
  bpf: 6,
  seg6local: 7,
  rpl: 8,
  ioam6: 9,
  xfrm: 10,
} as const;

/** Those that have a declaration. */
const kinds = whenNeeded({
  ip: () => (require('./ip') as typeof Ip).ip,
  ip6: () => (require('./ip') as typeof Ip).ip6,
  mpls: () => (require('./mpls') as typeof Mpls).mpls,
});

/** Options of an encapsulation without a declaration. */
export interface OtherEncapsulationOptions {
  /** The kind of tunnel: 'seg6', 'ila', or its number. LWTUNNEL_ENCAP_*. */
  type: OtherKind<Word<typeof encapTypes>, typeof kinds>;
  /** What only this kind has, as the kernel has it. */
  data?: Uint8Array | undefined;
}

/** An encapsulation without a declaration. */
export interface OtherEncapsulation {
  /** The kind of tunnel: 'seg6', 'ila', or its number. LWTUNNEL_ENCAP_*. */
  type: OtherKind<Word<typeof encapTypes>, typeof kinds>;
  /** What only this kind has, as the kernel has it. */
  data?: Uint8Array;
}

/** An encapsulation of packets, with the options of its `type`. */
export type EncapsulationOptions =
  IpEncapsulationOptions | Ip6EncapsulationOptions | MplsEncapsulationOptions | OtherEncapsulationOptions;

/** An encapsulation of packets as the kernel describes it, with the properties of its `type`. */
export type Encapsulation = IpEncapsulation | Ip6Encapsulation | MplsEncapsulation | OtherEncapsulation;

/** The field of an encapsulation, in two attributes: its type, and the type's own properties. */
export function encapsulation(typeNumber: number, dataNumber: number): Field<Encapsulation, EncapsulationOptions> {
  return variantField(
    variants({
      kind: choice(typeNumber, encapTypes, uint16),
      data: dataNumber,
      raw: nested(dataNumber, octets),
      kinds,
      property: 'type',
    }),
  );
}

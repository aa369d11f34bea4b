import {
  attributes,
  checkInteger,
  constant,
  eachElementOf,
  field,
  required,
  u8,
  type Decoded,
  type OptionsOf,
  type Type,
} from '../../codec';
import { show, wrongType } from '../../errors';

const MPLS_IPTUNNEL = { DST: 1, TTL: 2 } as const;

const LABEL_SHIFT = 12;
const LARGEST_LABEL = 0xfffff;
const BOTTOM_OF_STACK = 0x100;

/** Consecutive labels, of which the last one is marked. Their other bits are zero. */
const labelStack: Type<number[], readonly number[]> = {
  encode(writer, labels) {
    if (!Array.isArray(labels)) throw wrongType(`must be an array of labels, not ${show(labels)}`);
    eachElementOf(labels, (label: number, index) => {
      checkInteger(label, 0, LARGEST_LABEL);
      const entry = label * 2 ** LABEL_SHIFT + (index === labels.length - 1 ? BOTTOM_OF_STACK : 0);
      writer.view.setUint32(writer.reserve(4), entry);
    });
  },
  decode({ view }, start, end) {
    const count = Math.floor((end - start) / 4);
    return Array.from({ length: count }, (_, index) => view.getUint32(start + 4 * index) >>> LABEL_SHIFT);
  },
};

const mplsFields = {
  /** The labels before the packet, the outermost first: `[100, 200]`. MPLS_IPTUNNEL_DST. */
  labels: required(constant(field(MPLS_IPTUNNEL.DST, labelStack)), 'must be the labels that packets get'),
  /** Hops that the labelled packet may take; by default those of the packet itself. MPLS_IPTUNNEL_TTL, since 4.12. */
  ttl: u8(MPLS_IPTUNNEL.TTL),
} as const;

export const mpls = attributes(mplsFields);

/** Labels that packets get. */
export interface MplsEncapsulationOptions extends OptionsOf<typeof mplsFields> {
  /** The kind of tunnel: labels. LWTUNNEL_ENCAP_*. */
  type: 'mpls';
}

/** The same, as the kernel describes it. */
export interface MplsEncapsulation extends Decoded<typeof mplsFields> {
  /** The kind of tunnel: labels. LWTUNNEL_ENCAP_*. */
  type: 'mpls';
}

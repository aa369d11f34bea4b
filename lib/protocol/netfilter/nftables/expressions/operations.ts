import { attributes, bits, choice, field, uint32be } from '../../../../codec';
import { dataField } from './data';
import { nftName } from '../names';

// Expressions that compute with registers, compare them, or look them up.

const NFTA_IMMEDIATE = { DREG: 1, DATA: 2 } as const;
const NFTA_BITWISE = { SREG: 1, DREG: 2, LEN: 3, MASK: 4, XOR: 5, OP: 6, DATA: 7 } as const;
const NFTA_BYTEORDER = { SREG: 1, DREG: 2, OP: 3, LEN: 4, SIZE: 5 } as const;
const NFTA_CMP = { SREG: 1, OP: 2, DATA: 3 } as const;
const NFTA_RANGE = { SREG: 1, OP: 2, FROM_DATA: 3, TO_DATA: 4 } as const;
const NFTA_LOOKUP = { SET: 1, SREG: 2, DREG: 3, SET_ID: 4, FLAGS: 5 } as const;

const u32be = (number: number) => field(number, uint32be);

export const operations = {
  immediate: attributes({ into: u32be(NFTA_IMMEDIATE.DREG), value: dataField(NFTA_IMMEDIATE.DATA) }),
  bitwise: attributes({
    from: u32be(NFTA_BITWISE.SREG),
    into: u32be(NFTA_BITWISE.DREG),
    length: u32be(NFTA_BITWISE.LEN),
    mask: dataField(NFTA_BITWISE.MASK),
    xor: dataField(NFTA_BITWISE.XOR),
    operation: choice(NFTA_BITWISE.OP, { boolean: 0, lshift: 1, rshift: 2 }, uint32be),
    by: dataField(NFTA_BITWISE.DATA),
  }),
  byteorder: attributes({
    from: u32be(NFTA_BYTEORDER.SREG),
    into: u32be(NFTA_BYTEORDER.DREG),
    operation: choice(NFTA_BYTEORDER.OP, { ntoh: 0, hton: 1 }, uint32be),
    length: u32be(NFTA_BYTEORDER.LEN),
    size: u32be(NFTA_BYTEORDER.SIZE),
  }),
  cmp: attributes({
    from: u32be(NFTA_CMP.SREG),
    operation: choice(NFTA_CMP.OP, { eq: 0, neq: 1, lt: 2, lte: 3, gt: 4, gte: 5 }, uint32be),
    value: dataField(NFTA_CMP.DATA),
  }),
  range: attributes({
    from: u32be(NFTA_RANGE.SREG),
    operation: choice(NFTA_RANGE.OP, { eq: 0, neq: 1 }, uint32be),
    first: dataField(NFTA_RANGE.FROM_DATA),
    last: dataField(NFTA_RANGE.TO_DATA),
  }),
  lookup: attributes({
    set: nftName(NFTA_LOOKUP.SET),
    setId: u32be(NFTA_LOOKUP.SET_ID),
    from: u32be(NFTA_LOOKUP.SREG),
    into: u32be(NFTA_LOOKUP.DREG),
    flags: bits(NFTA_LOOKUP.FLAGS, { invert: 1 }, uint32be),
  }),
} as const;

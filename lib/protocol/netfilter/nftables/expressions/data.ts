import { attributes, choice, field, nested, octets, text, uint32be, type Field } from '../../../../codec';

const NFTA_DATA = { VALUE: 1, VERDICT: 2 } as const;
const NFTA_VERDICT = { CODE: 1, CHAIN: 2 } as const;
const LONGEST_CHAIN = 255;

/** What becomes of a packet (NF_*, NFT_*). */
export const verdicts = {
  drop: 0,
  accept: 1,
  continue: 0xffffffff,
  break: 0xfffffffe,
  jump: 0xfffffffd,
  goto: 0xfffffffc,
  return: 0xfffffffb,
} as const;

/** What a register takes: bytes, or a verdict. */
const data = attributes({
  value: field(NFTA_DATA.VALUE, octets),
  verdict: nested(
    NFTA_DATA.VERDICT,
    attributes({
      code: choice(NFTA_VERDICT.CODE, verdicts, uint32be),
      chain: text(NFTA_VERDICT.CHAIN, LONGEST_CHAIN),
    }),
  ),
});

/** The field of it. */
export const dataField = (number: number): Field<DataOf<'decode'>, DataOf<'encode'>> => nested(number, data);

type DataOf<Way extends 'decode' | 'encode'> = Way extends 'decode'
  ? ReturnType<typeof data.decode>
  : Parameters<typeof data.encode>[1];

/** What a register takes. */
export type Data = DataOf<'encode'>;

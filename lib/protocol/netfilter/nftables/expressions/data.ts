import { attributes, choice, field, nested, octets, uint32be, type Field, type Word } from '../../../../codec';
import { nftName } from '../names';

const NFTA_DATA = { VALUE: 1, VERDICT: 2 } as const;
const NFTA_VERDICT = { CODE: 1, CHAIN: 2, CHAIN_ID: 3 } as const;

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
      chain: nftName(NFTA_VERDICT.CHAIN),
      chainId: field(NFTA_VERDICT.CHAIN_ID, uint32be),
    }),
  ),
});

/** What becomes of a packet, in the kernel's words. */
interface Verdict {
  code?: Word<typeof verdicts> | undefined;
  chain?: string | undefined;
  /** The number of a chain without a name, in the batch that makes it. */
  chainId?: number | undefined;
}

/** What a register takes. Written out, as TypeScript 5.6 has to read it. */
export interface Data {
  value?: Uint8Array | undefined;
  verdict?: Verdict | undefined;
}

/** The field of it. */
export const dataField = (number: number): Field<Data> => nested(number, data);

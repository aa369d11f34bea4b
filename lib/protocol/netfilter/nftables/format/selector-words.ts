import type { SelectorFamily } from '../selectors/family';
import type { Selectors } from '../selectors';
import { connectionWords, packetWords, routeWords, socketWords } from './packet-words';
import {
  fibWords,
  ipsecWords,
  jhashWords,
  numgenWords,
  osfWords,
  payloadWords,
  symhashWords,
  tunnelWords,
} from './family-words';
import { headerWords } from './header-words';
import { extensionWords, ipOptionWords, tcpOptionWords } from './option-words';
import { sctpChunkWords } from './sctp-words';

/** The words of a selector with parameters; `wordsOf` has those of another field. */
export type FamilyWords<Family> =
  Family extends SelectorFamily<infer Parameters, infer Results>
    ? (parameters: Parameters, result: keyof Results, wordsOf: (field: unknown) => string) => string
    : never;

/** nft's words for each selector, at its place among the selectors: one without words does not compile. */
export type SelectorWords<Tree> = {
  readonly [K in keyof Tree]: Tree[K] extends { load: object }
    ? string
    : Tree[K] extends SelectorFamily
      ? FamilyWords<Tree[K]>
      : SelectorWords<Tree[K]>;
};

const words = {
  ...packetWords,
  ...headerWords,
  ct: connectionWords,
  socket: socketWords,
  rt: routeWords,
  exthdr: extensionWords,
  ipOption: ipOptionWords,
  tcpOption: tcpOptionWords,
  sctpChunk: sctpChunkWords,
  fib: fibWords,
  numgen: numgenWords,
  jhash: jhashWords,
  symhash: symhashWords,
  payload: payloadWords,
  osf: osfWords,
  ipsec: ipsecWords,
  tunnel: tunnelWords,
} as const satisfies SelectorWords<Selectors>;

/** What stands at a path: words, what makes them of parameters, or further names. */
type Node = string | ((parameters: never, result: never, wordsOf: (field: unknown) => string) => string) | Tree;
interface Tree {
  readonly [name: string]: Node;
}

/** nft's words for a selector, or what makes them. The path of one with parameters ends with its result. */
export function wordsAt(path: readonly string[]): string | Exclude<Node, string | Tree> {
  let node: Node = words;
  for (const name of path) {
    if (typeof node === 'string' || typeof node === 'function') break;
    node = node[name]!;
  }
  if (typeof node === 'object') throw new TypeError(`no words at ${path.join('.')}`);
  return node;
}

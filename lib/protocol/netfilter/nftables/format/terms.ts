import { isArray } from '../../../../errors';
import type { Named } from '../selectors';
import { namedOf } from '../selectors/field';
import { payload } from '../selectors/families';
import type { ValueType } from '../values/value-type';
import { wordsAt } from './selector-words';
import { changedText } from './changes';
import { asBytes, asNumber } from './values';

/** Something of a packet in nft's words, and what its values are. */
export interface Term {
  readonly text: string;
  readonly type: ValueType;
}

/** What the formatters of a rule know of it. */
export interface Context {
  readonly family: string;
  /** The type of ICMP message, as said before: it tells which of several fields the same bytes are. */
  readonly types: Map<string, unknown>;
}

/** Fields of ICMP that are the same bytes as others, by the type of message that they are of; lists tell the others. */
const fieldsOfType: Readonly<Record<string, readonly [message: string, type: string, words: string]>> = {
  'icmp.sequence': ['icmp.type', 'destination-unreachable', 'icmp mtu'],
  'icmpv6.id': ['icmpv6.type', 'mld-listener-query', 'icmpv6 max-delay'],
  'icmpv6.mtu': ['icmpv6.type', 'parameter-problem', 'icmpv6 param-problem'],
};

/** Fields that are of another type to nft. */
const typesInNft: Readonly<Record<string, (type: ValueType) => ValueType>> = {
  'comp.flags': asBytes,
  'igmp.group': asNumber,
};

/** What a selector is in nft's words. */
export function termOf(named: Named, context: Context): Term {
  const { text, type } = wholeTerm(named, context);
  return { type, text: changedText(text, type, named.selector.steps) };
}

function wholeTerm({ path, selector, family, parameters = {} }: Named, context: Context): Term {
  const { types } = context;
  const [message = '', type, words] = fieldsOfType[path.join('.')] ?? [];
  if (words !== undefined && types.get(message) === type) return { text: words, type: selector.type };
  const found = wordsAt(path);
  if (typeof found === 'string') {
    const typeOf = typesInNft[path.join('.')];
    return { text: found, type: typeOf?.(selector.type) ?? selector.type };
  }
  const text = found(parameters as never, path.at(-1) as never, (field) => termOf(namedOf(field), context).text);
  return { text, type: family === payload ? asBytes(selector.type) : selector.type };
}

/** Those of a field, or of several. */
export function termsOf(key: unknown, context: Context): Term[] {
  return (isArray(key) ? key : [key]).map((field) => termOf(namedOf(field), context));
}

/** Several in one: `ip saddr . tcp dport`. */
export function together(terms: readonly Term[]): string {
  return terms.map(({ text }) => text).join(' . ');
}

export function typesOf(terms: readonly Term[]): ValueType[] {
  return terms.map(({ type }) => type);
}

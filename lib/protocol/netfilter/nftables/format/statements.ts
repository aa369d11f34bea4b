import { isObject } from '../../../../errors';
import { onlyOne } from '../selectors/field';
import type { NftElementStatement, NftElementStatements } from '../statements/action-options';
import type { NftRaw, NftStatement, NftStatements } from '../statements/statement';
import {
  formatConnectionCount,
  formatCounter,
  formatDup,
  formatForward,
  formatLimit,
  formatLog,
  formatQueue,
  formatQuota,
  formatReject,
  formatSynproxy,
} from './actions';
import { formatMatch } from './match';
import { formatNat, formatOwnNat, formatTproxy } from './nat';
import { formatWrittenReference, orReference } from './references';
import { formatVerdict, formatVerdictMap } from './sources';
import { wordsAt } from './selector-words';
import type { Context } from './terms';
import { named, withoutWords } from './text';
import { formatUpdate, formatWrite } from './writes';

/** How each statement is written: one without does not compile. */
type Formatters = { readonly [Name in keyof NftStatements]: (value: NftStatements[Name], context: Context) => string };

const formatters = {
  match: formatMatch,
  counter: orReference('counter name', formatCounter),
  masquerade: (value, context) => formatOwnNat('masquerade', value, context),
  redirect: (value, context) => formatOwnNat('redirect', value, context),
  snat: (value, context) => formatNat('snat', value, context),
  dnat: (value, context) => formatNat('dnat', value, context),
  limit: orReference('limit name', formatLimit),
  quota: orReference('quota name', formatQuota),
  ctCount: orReference('ct count name', formatConnectionCount),
  log: formatLog,
  reject: formatReject,
  set: (write, context) => formatWrittenReference(write, context) ?? formatWrite(write, context),
  verdictMap: formatVerdictMap,
  add: (value, context) => formatUpdate('add', value, context, formatOfElement),
  update: (value, context) => formatUpdate('update', value, context, formatOfElement),
  delete: (value, context) => formatUpdate('delete', value, context, formatOfElement),
  dup: formatDup,
  fwd: formatForward,
  tproxy: formatTproxy,
  queue: formatQueue,
  synproxy: orReference('synproxy name', formatSynproxy),
  flow: (flowtable) => `flow add @${named(flowtable)}`,
  resetTcpOption: (option) =>
    `reset ${typeof option === 'number' ? `tcp option ${String(option)}` : String(wordsAt(['tcpOption', option, 'exists']))}`,
} as const satisfies Formatters;

/** Statements that are a word alone, where nft has another. */
const words: Partial<Record<NftStatement & string, string>> = { queue: 'queue to 0' };

/** A statement of an element: its counter begins with nothing, and nft does not say so. */
function formatOfElement(statement: NftElementStatement): string {
  if (statement === 'counter') return statement;
  const [name, value] = onlyOne(statement) as ['counter', NftElementStatements['counter']];
  const { packets = 0, bytes = 0 } = name === 'counter' && isObject(value) ? value : { packets: 1 };
  return packets === 0 && bytes === 0 ? name : formatStatement(statement, NOTHING);
}

/** What is known where nothing is asked of a packet. */
const NOTHING: Context = { family: 'inet', types: new Map() };

/** A statement as nft writes it. */
export function formatStatement(statement: NftStatement, context: Context): string {
  if (typeof statement === 'string') return words[statement] ?? statement;
  if ('expressions' in statement) return formatRaw(statement);
  if ('jump' in statement || 'goto' in statement) return formatVerdict(statement);
  const [name, value] = onlyOne(statement) as [keyof NftStatements, never];
  // By name alone: a union of all of them is too much for TypeScript.
  const format: Record<string, (given: never, of: Context) => string> = formatters;
  return format[name]!(value, context);
}

const PLAIN = /^[\w.:-]+$/;

/** What has no words: the kinds of the expressions, with the names of those that have one, as matches of iptables do. */
function formatRaw({ expressions }: NftRaw): string {
  const kinds = expressions.map((expression) => {
    const { kind, name } = expression as { kind?: unknown; name?: unknown };
    return [kind, name]
      .filter((part): part is string => typeof part === 'string')
      .map((part) => (PLAIN.test(part) ? part : JSON.stringify(part)))
      .join(' ');
  });
  return kinds.length === 0 ? '' : withoutWords(kinds.join(', '));
}

import { ERRNO } from '../errno';

// The texts of error numbers are about files and processes: "No such process" of a route, "No such file or directory" of a rule.

/** How what a request is about is called, by the end of its name: RTM_DELROUTE, NFT_MSG_NEWCHAIN. */
const nouns: Readonly<Record<string, string>> = {
  LINK: 'link',
  LINKPROP: 'name',
  ADDR: 'address',
  ROUTE: 'route',
  RULE: 'rule',
  NEIGH: 'entry',
  NEXTHOP: 'nexthop',
  NEXTHOPBUCKET: 'nexthop',
  QDISC: 'qdisc',
  TABLE: 'table',
  CHAIN: 'chain',
  SET: 'set',
  SETELEM: 'element',
  FAMILY: 'family',
  CT: 'connection',
  EXP: 'expectation',
};

const REQUEST = /_(?<verb>NEW|DEL|GET)(?<what>[A-Z]+)$/;
/** Of connection tracking the verb comes last: IPCTNL_MSG_CT_DELETE. */
const TRACKING = /^IPCTNL_MSG_(?<what>[A-Z]+)_(?<verb>NEW|DEL|GET)(?:ETE)?$/;

/** What an error number means for a request to which the kernel added no words; undefined where the number says it itself. */
export function reasonOf(request: string, errno: number, property: string | undefined): string | undefined {
  const { verb, what = '' } = (TRACKING.exec(request) ?? REQUEST.exec(request))?.groups ?? {};
  const noun = nouns[what];
  if (errno === ERRNO.ENODEV && (property !== undefined || (what === 'LINK' && verb !== 'NEW')))
    return 'there is no such link';
  if (errno === ERRNO.EEXIST && what === 'LINKPROP') return 'a link has this name already';
  if (errno === ERRNO.EEXIST && verb === 'NEW' && what !== 'LINK' && noun !== undefined)
    return `there is such ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun} already`;
  if (errno === ERRNO.EBUSY && verb === 'DEL' && (what === 'CHAIN' || what === 'SET')) return 'rules still use it';
  if (errno === ERRNO.ENFILE && what === 'SETELEM') return 'the set is full';
  const isAbsent = errno === ERRNO.ENOENT || errno === ERRNO.ESRCH;
  if (!isAbsent) return undefined;
  // What is made is looked for in something else.
  if (what === 'RULE' && (property === 'handle' || property === 'position')) return 'there is no such rule';
  if (/^(?:statements|elements)\b/.test(property ?? '') && verb === 'NEW')
    return 'something that it names is not there';
  if (property === 'table' || property === 'chain' || property === 'set') return `there is no such ${property}`;
  return verb === 'NEW' || noun === undefined ? undefined : `there is no such ${noun}`;
}

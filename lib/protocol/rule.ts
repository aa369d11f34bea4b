import {
  AF,
  anyIf,
  anyIfZero,
  between,
  bool,
  choice,
  choiceOf,
  common,
  comparedBy,
  comparer,
  constant,
  field,
  filterable,
  int32,
  linkNameOf,
  LONGEST_LINK_NAME,
  masked,
  member,
  memberBit,
  memberStates,
  message,
  network,
  notCompared,
  optionalMember,
  pad,
  range,
  struct,
  u32,
  uint16,
  uint32,
  uint32be,
  uint64be,
  uint8,
  unless,
  wideMember,
  familyOfText,
  type FilterOf,
  type IpFamily,
  type OptionsOf,
  type RowOf,
} from '../codec';
import { checkArgument, wrongType, wrongWhole } from '../errors';
import { describing } from './describing';
import { familyField, familyNumber, familyOption, ofEachFamily, onlyIn } from './family';
import { rowFilter } from './filter';
import { refuseUndefined } from './narrowing';
import { NLM_F, type Query, type Request } from './netlink';
import { dscpFits, isOpenMark, markFits } from './rule-comparison';
import { ipProtocols, refuseTableZero, routeProtocols, routeTables, RTM } from './rtnetlink';

/** Attributes of `fib_rule_hdr` messages. */
const FRA = {
  DST: 1,
  SRC: 2,
  IIFNAME: 3,
  GOTO: 4,
  PRIORITY: 6,
  FWMARK: 10,
  FLOW: 11,
  TUN_ID: 12,
  SUPPRESS_IFGROUP: 13,
  SUPPRESS_PREFIXLEN: 14,
  TABLE: 15,
  FWMASK: 16,
  OIFNAME: 17,
  PAD: 18,
  L3MDEV: 19,
  UID_RANGE: 20,
  PROTOCOL: 21,
  IP_PROTO: 22,
  SPORT_RANGE: 23,
  DPORT_RANGE: 24,
  DSCP: 25,
  FLOWLABEL: 26,
  FLOWLABEL_MASK: 27,
  SPORT_MASK: 28,
  DPORT_MASK: 29,
  DSCP_MASK: 30,
} as const;

/** What is done with a packet (FR_ACT_*), by iproute2's words. */
const ruleActions = { table: 1, goto: 2, nop: 3, blackhole: 6, unreachable: 7, prohibit: 8 } as const;

/** States of a rule (FIB_RULE_*). */
const ruleStates = { permanent: 0x1, unresolved: 0x4, 'input-detached': 0x8, 'output-detached': 0x10 } as const;
const FIB_RULE_INVERT = 0x2;

const fibRuleHeader = struct({
  family: uint8,
  destinationLength: uint8,
  sourceLength: uint8,
  tos: uint8,
  table: uint8,
  pad: pad(2),
  action: choiceOf(ruleActions),
  flags: uint32,
});

const linkNameType = linkNameOf(LONGEST_LINK_NAME);

function ruleFields(family: IpFamily) {
  const ofIpv4 = onlyIn('inet', family, 'rules');
  const ofIpv6 = onlyIn('inet6', family, 'rules');
  return {
    /**
     * 'inet' or 'inet6'. A request to add or delete one takes it from `source` and `destination`, otherwise 'inet';
     * lists contain both.
     */
    family: filterable(common(familyField(family)), familyOption),
    /**
     * Its place among the rules, which are looked at from the lowest number on. For a new rule by default one less than
     * the lowest that is not 0. FRA_PRIORITY.
     */
    priority: filterable(constant(u32(FRA.PRIORITY), 0)),
    /** Only packets from this network: '10.1.0.0/16'. FRA_SRC. */
    source: anyIfZero(network(FRA.SRC, family, fibRuleHeader, 'sourceLength')),
    /** Only packets to this network; 'default' is every one, as without it. FRA_DST. */
    destination: anyIfZero(network(FRA.DST, family, fibRuleHeader, 'destinationLength')),
    /**
     * Inverts the rule: only packets that the rest of it does not match. For a new rule false by default; `delete`
     * ignores it. FIB_RULE_INVERT.
     */
    invert: notCompared(memberBit(fibRuleHeader, 'flags', FIB_RULE_INVERT)),
    /**
     * Only packets received by the link with this name, which need not exist; 'lo' for packets sent by this host.
     * FRA_IIFNAME.
     */
    inputDevice: field(FRA.IIFNAME, linkNameType),
    /** Only packets of sockets that are bound to the link with this name. FRA_OIFNAME. */
    outputDevice: field(FRA.OIFNAME, linkNameType),
    /** Only packets with this type of service. */
    tos: anyIfZero(optionalMember(fibRuleHeader, 'tos')),
    /** Only packets with this DSCP, 0 to 63. FRA_DSCP, FRA_DSCP_MASK, since 6.14 (the mask since 6.15). */
    dscp: comparedBy(dscpFits)(masked(FRA.DSCP, FRA.DSCP_MASK, uint8, 0x3f)),
    /** Only packets with this mark: a number, or `{ value, mask }`. FRA_FWMARK, FRA_FWMASK. */
    mark: anyIf(isOpenMark, comparedBy(markFits)(masked(FRA.FWMARK, FRA.FWMASK, uint32))),
    /** Only packets of this user, or of these: 1000, or `{ from, to }`. FRA_UID_RANGE, since 4.10. */
    uid: range(FRA.UID_RANGE, uint32),
    /** Only packets of this protocol above IP. FRA_IP_PROTO, since 4.17. */
    ipProtocol: anyIfZero(choice(FRA.IP_PROTO, ipProtocols)),
    /** Only packets from this port, or from these: 80, or `{ from, to }`. FRA_SPORT_RANGE, since 4.17. */
    sourcePort: range(FRA.SPORT_RANGE, uint16),
    /** Only packets to this port, or to these. FRA_DPORT_RANGE, since 4.17. */
    destinationPort: range(FRA.DPORT_RANGE, uint16),
    /** Which bits of `sourcePort` count. FRA_SPORT_MASK, since 6.15. */
    sourcePortMask: field(FRA.SPORT_MASK, uint16),
    /** Which bits of `destinationPort` count. FRA_DPORT_MASK, since 6.15. */
    destinationPortMask: field(FRA.DPORT_MASK, uint16),
    /** Only packets of a tunnel with this id, from 1 to below 2^53. FRA_TUN_ID, since 4.2. */
    tunnelId: unless(0, field(FRA.TUN_ID, between(uint64be, 1, Number.MAX_SAFE_INTEGER))),
    /** IPv6: only packets with this flow label: a number, or `{ value, mask }`. FRA_FLOWLABEL, FRA_FLOWLABEL_MASK, since 6.14. */
    flowLabel: ofIpv6(anyIfZero(masked(FRA.FLOWLABEL, FRA.FLOWLABEL_MASK, uint32be, 0xfffff, { isMaskWanted: true }))),
    /**
     * What is done with the packet: 'table' looks it up in `table`, 'goto' continues at the rule of priority `goto`,
     * 'nop' continues with the next rule, the others discard it. For a new rule by default 'goto' if `goto` is given,
     * otherwise 'table'.
     */
    action: filterable(common(anyIfZero(member(fibRuleHeader, 'action')))),
    /** The table for the look-up. For a new rule 'main' by default, if its action is 'table'. FRA_TABLE. */
    table: filterable(anyIfZero(wideMember(FRA.TABLE, routeTables, uint32, fibRuleHeader, 'table'))),
    /** The priority of the rule at which to continue, which must be higher. FRA_GOTO. */
    goto: notCompared(field(FRA.GOTO, uint32)),
    /** Looks in the table of the packet's VRF instead of `table`. FRA_L3MDEV, since 4.8. */
    l3mdev: anyIfZero(bool(FRA.L3MDEV)),
    /** Ignores routes of the table whose prefix is not longer than this. FRA_SUPPRESS_PREFIXLEN. */
    suppressPrefixLength: unless(-1, field(FRA.SUPPRESS_PREFIXLEN, between(int32, 0, family === 'inet' ? 32 : 128))),
    /** Ignores routes of the table through links of this group. FRA_SUPPRESS_IFGROUP. */
    suppressGroup: unless(-1, field(FRA.SUPPRESS_IFGROUP, between(int32, 0, 0x7fffffff))),
    /** IPv4: realm of the destination, that of the source in the upper 16 bits. FRA_FLOW. */
    realm: ofIpv4(anyIfZero(u32(FRA.FLOW))),
    /** Who made it. A new rule's is 'unspecified' by default. FRA_PROTOCOL, since 4.17. */
    protocol: filterable(common(anyIfZero(choice(FRA.PROTOCOL, routeProtocols)))),
    /**
     * 'permanent'; 'unresolved': the rule to continue at does not exist; 'input-detached', 'output-detached': the link
     * does not exist.
     */
    flags: memberStates(fibRuleHeader, 'flags', ruleStates, FIB_RULE_INVERT),
  } as const;
}

type RuleFields = ReturnType<typeof ruleFields>;

export const rules = ofEachFamily((family) => message(fibRuleHeader, ruleFields(family), { ignored: [FRA.PAD] }));

/** A rule to be added: which packets it matches, and the table in which they are looked up. */
export interface RuleOptions extends OptionsOf<RuleFields> {}

/** A rule as the kernel describes it. Can be added again as it is. */
export interface Rule extends RowOf<RuleFields> {}

/** Filters of a list of rules. */
export interface RuleFilter extends FilterOf<RuleFields> {}

/** The request for a new rule. */
export function newRule(options: RuleOptions): Request {
  const request = ruleRequest('RTM_NEWRULE', options, ({ action, goto, table, l3mdev }) => {
    const by = action ?? (goto === undefined ? 'table' : 'goto');
    const asksTable = (by === 'table' || by === ruleActions.table) && l3mdev !== true && table === undefined;
    return { action: by, table: asksTable ? routeTables.main : 0 };
  });
  return {
    ...request,
    encode(writer) {
      request.encode(writer);
      const { action, goto, table } = options;
      const isGoto = action === 'goto' || action === ruleActions.goto;
      if (isGoto && goto === undefined) throw wrongType("must be a priority to go on at, as action is 'goto'", 'goto');
      refuseTableZero(table, 'IPv4 rules would get a new table, and IPv6 ones be refused');
    },
  };
}

/** The request to delete the first rule that has all given properties. */
export function deleteRule(options: RuleOptions): Request {
  checkArgument('rule', options, '{ priority: 1000, table: 100 }');
  const request = ruleRequest('RTM_DELRULE', options, () => ({}));
  return {
    ...request,
    encode(writer) {
      request.encode(writer);
      const comparison = comparers[familyOfRule(options)];
      comparison.checkSays(options);
      if (!comparison.isTelling(options)) {
        throw wrongWhole('must say which rule is meant, such as { priority: 1000 }', 'rule');
      }
      refuseUndefined(options, comparison.lookedAt);
    },
  };
}

const comparers = { inet: comparer(rules.inet), inet6: comparer(rules.inet6) } as const;

/** Whether the kernel would delete one rule in place of the one that a request describes. */
export function isRuleTakenFor(other: Rule, described: Rule): boolean {
  return comparers[described.family].isTakenFor(other, described);
}

const requests = {
  RTM_NEWRULE: { type: RTM.NEWRULE, flags: NLM_F.CREATE | NLM_F.EXCL },
  RTM_DELRULE: { type: RTM.DELRULE, flags: 0 },
} as const;

function ruleRequest(
  name: keyof typeof requests,
  options: RuleOptions,
  header: (options: RuleOptions) => { action?: RuleOptions['action']; table?: number },
): Request {
  checkArgument('rule', options, '{ priority: 1000, table: 100 }');
  return {
    name,
    ...requests[name],
    subject: () => ruleSubject(options),
    describe,
    locate: rules.locate,
    encode(writer) {
      const family = familyOfRule(options);
      rules[family].encode(writer, options, { header: { family: AF[family], ...header(options) } });
    },
  };
}

/** Returns a function that selects the rules for a filter. */
export function isWantedRule(filter: RuleFilter): (rule: Rule) => boolean {
  return rowFilter('rules', filter, rules.inet);
}

/** The request for the rules that a filter describes. */
export function listRules(filter: RuleFilter = {}): Query<Rule> {
  const isWanted = isWantedRule(filter);
  return {
    name: 'RTM_GETRULE',
    type: RTM.GETRULE,
    flags: NLM_F.DUMP,
    locate: rules.locate,
    decode(source, start, end) {
      const row = rules.decode(source, start, end);
      return row !== undefined && isWanted(row) ? row : undefined;
    },
    encode(writer) {
      rules.inet.encode(writer, {}, { header: { family: familyNumber(filter.family) } });
    },
  };
}

/** Decodes a rule's message; undefined for families other than IPv4 and IPv6. */
export const decodeRule = rules.decode;

function familyOfRule({ family, source, destination }: RuleOptions): IpFamily {
  const isNetwork = (network: unknown) => network !== undefined && network !== 'default';
  return familyOption(family) ?? familyOfText([source, destination].find(isNetwork));
}

const describe = describing(rules.decode, ruleSubject);

function ruleSubject({
  priority,
  source,
  destination,
  table,
}: Pick<RuleOptions, 'priority' | 'source' | 'destination' | 'table'>): string {
  const parts = [
    priority !== undefined && priority !== 0 && `priority ${String(priority)}`,
    source !== undefined && `from ${source}`,
    destination !== undefined && `to ${destination}`,
    table !== undefined && `table ${String(table)}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? 'rule' : `rule of ${parts.join(', ')}`;
}

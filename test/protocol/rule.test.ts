import { HEADER_SIZE } from '../../lib/protocol/netlink';
import { decodeRule, deleteRule, listRules, newRule, type RuleFilter, type RuleOptions } from '../../lib/protocol/rule';
import { sourceOf } from '../../lib/codec';
import { thrownBy } from '../support/bytes';
import { bytesOf, captured, captures, littleEndianTest, messageOf } from '../support/golden';

const FIB_RULE_HDR = 12;
const all = captures('rule-requests');

describe('requests are those of iproute2', () => {
  const text = { 3: 'text', 17: 'text' } as const;

  /** Our request says what the captured one of the command says, and what is captured decodes to what was asked for. */
  function golden(command: string, rule: RuleOptions): void {
    const request = command.includes(' del ') ? deleteRule(rule) : newRule(rule);
    littleEndianTest(command, () => {
      const theirs = captured(all, command);
      const ours = messageOf(bytesOf(request), FIB_RULE_HDR, text);
      expect(ours).toEqual({ ...messageOf(theirs, FIB_RULE_HDR, text), flags: ours.flags });
      expect(ours.flags | 4).toBe(messageOf(theirs, FIB_RULE_HDR, text).flags | 4);

      const read = decodeRule(sourceOf(theirs), HEADER_SIZE, theirs.length);
      expect(read).toMatchObject({ ...rule, ...('family' in rule && { family: 'inet6' }) });
    });
  }

  golden('ip rule add from 10.1.0.0/16 table 100 priority 1000', { source: '10.1.0.0/16', table: 100, priority: 1000 });
  golden('ip rule add to 10.2.0.0/16 iif lo tos 0x10 lookup main', {
    ...{ destination: '10.2.0.0/16', inputDevice: 'lo', tos: 16, table: 'main' },
  });
  golden('ip rule add not fwmark 0x10/0xff table 1000', {
    ...{ invert: true, mark: { value: 16, mask: 255 }, table: 1000 },
  });
  golden('ip rule add fwmark 7 priority 50 goto 1000', { mark: 7, priority: 50, goto: 1000 });
  golden('ip rule add priority 60 blackhole', { priority: 60, action: 'blackhole' });
  golden('ip rule add oif v0 unreachable priority 61', { outputDevice: 'v0', action: 'unreachable', priority: 61 });
  golden('ip rule add priority 62 uidrange 1000-2000 table 200 protocol static', {
    ...{ priority: 62, uid: { from: 1000, to: 2000 }, table: 200, protocol: 'static' },
  });
  golden('ip rule add priority 63 ipproto tcp sport 80 dport 1000-2000 table 201', {
    ...{ priority: 63, ipProtocol: 'tcp', sourcePort: 80, destinationPort: { from: 1000, to: 2000 }, table: 201 },
  });
  golden('ip rule add priority 64 suppress_prefixlength 0 table main', {
    ...{ priority: 64, suppressPrefixLength: 0, table: 'main' },
  });
  golden('ip rule add priority 65 suppress_ifgroup 7 table main', { priority: 65, suppressGroup: 7, table: 'main' });
  golden('ip rule add priority 66 l3mdev', { priority: 66, l3mdev: true });
  golden('ip rule add priority 67 tun_id 99 table 300', { priority: 67, tunnelId: 99, table: 300 });
  golden('ip rule add priority 68 from 10.9.9.9 realms 1/2 table 300', {
    ...{ priority: 68, source: '10.9.9.9/32', realm: 0x10002, table: 300 },
  });
  golden('ip rule add priority 69 nop', { priority: 69, action: 'nop' });
  golden('ip -6 rule add from 2001:db8::/32 table 500 priority 70', {
    ...{ source: '2001:db8::/32', table: 500, priority: 70 },
  });
  golden('ip -6 rule add to 2001:db8::1 prohibit priority 71', {
    ...{ destination: '2001:db8::1/128', action: 'prohibit', priority: 71 },
  });
  golden('ip rule del priority 62', { priority: 62 });
  golden('ip rule del from 10.1.0.0/16 table 100', { source: '10.1.0.0/16', table: 100 });
  golden('ip rule del to 10.2.0.0/16 lookup main', { destination: '10.2.0.0/16', table: 'main' });
});

describe('a bad argument is refused before it is sent', () => {
  test.each<[name: string, rule: object, message: string | RegExp]>([
    ['RangeError', { source: '10.1.1.1/16' }, "source: has bits set behind its prefix: '10.1.1.1/16'"],
    ['RangeError', { source: '10.0.0.0/8', destination: '::/0' }, "destination: must be IPv4, not '::/0'"],
    ['RangeError', { family: 6, source: '10.0.0.0/8' }, "source: must be IPv6, not '10.0.0.0/8'"],
    ['RangeError', { family: 5 }, "family: must be 'inet' or 4, 'inet6' or 6, not 5"],
    [
      'RangeError',
      { table: 'mian' },
      "table: must be one of main, local, default, or a number, not 'mian': did you mean 'main'?",
    ],
    ['RangeError', { table: '100' }, "table: must be one of main, local, default, or a number, not '100'"],
    ['RangeError', { ipProtocol: 'sctp' }, /^ipProtocol: must be one of .*, or a number, not 'sctp'$/],
    ['RangeError', { uid: { from: 2, to: 1 } }, 'uid: must not end before it begins: from 2 to 1'],
    ['TypeError', { uid: [1000, 2000] }, 'uid: must be a number or { from, to }, not [ 1000, 2000 ]'],
    ['TypeError', { mark: [1, 2] }, 'mark: must be a number or { value, mask }, not [ 1, 2 ]'],
    ['RangeError', { uid: { from: 1, too: 2 } }, "uid.too: is not a property known here: did you mean 'to'?"],
    ['TypeError', { action: 'goto' }, "goto: must be a priority to go on at, as action is 'goto'"],
    ['TypeError', { action: 2 }, "goto: must be a priority to go on at, as action is 'goto'"],
    ['RangeError', { table: 0 }, /^table: must not be 0, which is no table: /],
    ['RangeError', { sourcePort: 65536 }, 'sourcePort: must be a whole number from 0 to 65535, not 65536'],
    [
      'RangeError',
      { sourcePort: { from: 1, to: -1 } },
      'sourcePort.to: must be a whole number from 0 to 65535, not -1',
    ],
    ['TypeError', { sourcePort: '80' }, "sourcePort: must be a number or { from, to }, not '80'"],
    ['TypeError', { mark: 'x' }, "mark: must be a number or { value, mask }, not 'x'"],
    ['TypeError', { mark: { value: 1 } }, 'mark.mask: must be a number, not undefined'],
    ['RangeError', { dscp: 64 }, 'dscp: must be a whole number from 0 to 63, not 64'],
    ['TypeError', { invert: 1 }, 'invert: must be true or false, not 1'],
    ['RangeError', { suppressPrefixLength: -1 }, 'suppressPrefixLength: must be a whole number from 0 to 32, not -1'],
    ['RangeError', { suppressPrefixLength: 33 }, 'suppressPrefixLength: must be a whole number from 0 to 32, not 33'],
    ['RangeError', { family: 6, realm: 1 }, 'realm: is a property of IPv4 rules only'],
    ['RangeError', { flowLabel: 1 }, 'flowLabel: is a property of IPv6 rules only'],
    ['TypeError', { table: null }, 'table: must be one of main, local, default, or a number, not null'],
    ['TypeError', { protocol: {} }, /^protocol: must be one of unspecified, .*, or a number, not {}$/],
    ['TypeError', new Map(), 'rule: must be an object such as { priority: 1000, table: 100 }, not Map(0) {}'],
    ['TypeError', [], 'rule: must be an object such as { priority: 1000, table: 100 }, not []'],
    ['RangeError', { inputDevice: 'a/b' }, "inputDevice: must not contain '/', ':' or white space: 'a/b'"],
    ['RangeError', { sauce: '10.0.0.0/8' }, "sauce: is not a property known here: did you mean 'source'?"],
  ])('%s %j', (name, rule, message) => {
    expect(thrownBy(() => bytesOf(newRule(rule)))).toMatchObject({
      name,
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    });
  });

  test("'default' is every network", () => {
    const rule = { source: 'default', destination: '2001:db8::/32', priority: 5 } as const;

    expect(bytesOf(newRule(rule))).toEqual(bytesOf(newRule({ ...rule, source: undefined })));
    expect(thrownBy(() => bytesOf(deleteRule(rule)))).toMatchObject({ name: 'RangeError', property: 'source' });
  });

  test.each<RuleOptions>([
    {},
    { family: 'inet6' },
    { source: undefined },
    { invert: true },
    { action: 'table' },
    { protocol: 'bgp' },
  ])('to delete %j names no rule', (rule) => {
    expect(thrownBy(() => bytesOf(deleteRule(rule)))).toMatchObject({ name: 'TypeError', property: 'rule' });
  });

  test.each<[rule: RuleOptions, property: string]>([
    [{ table: 0 }, 'table'],
    [{ priority: 5, tos: 0 }, 'tos'],
    [{ source: '0.0.0.0/0' }, 'source'],
    [{ priority: 5, destination: '::/0' }, 'destination'],
  ])('to delete %j says nothing by %s', (rule, property) => {
    expect(thrownBy(() => bytesOf(deleteRule(rule)))).toMatchObject({ name: 'RangeError', property });
  });

  test('a filter names what is none', () => {
    expect(thrownBy(() => listRules({ uid: 7 } as RuleFilter))).toMatchObject({
      message: 'uid: is not a filter of rules; the filters are family, priority, action, table, protocol',
    });
  });
});

import fc from 'fast-check';

import { branchParts, deviceOf, sysctlName, sysctlParts } from '../../lib/files/sysctl-key';

test.each([
  ['net.ipv4.ip_forward', ['net', 'ipv4', 'ip_forward']],
  ['net.nf_conntrack_max', ['net', 'nf_conntrack_max']],
  ['net.netfilter.nf_log.2', ['net', 'netfilter', 'nf_log', '2']],
  ['net.ipv4.conf.all.forwarding', ['net', 'ipv4', 'conf', 'all', 'forwarding']],
  ['net.ipv4.conf.eth0.100.forwarding', ['net', 'ipv4', 'conf', 'eth0.100', 'forwarding']],
  ['net.ipv6.neigh.a.b.c.gc_stale_time', ['net', 'ipv6', 'neigh', 'a.b.c', 'gc_stale_time']],
  ['net.mpls.conf.conf.1.input', ['net', 'mpls', 'conf', 'conf.1', 'input']],
  ['net.ax25.ax0.1.ip_default_mode', ['net', 'ax25', 'ax0.1', 'ip_default_mode']],
  ['net.ipv4.conf', ['net', 'ipv4', 'conf']],
])('%s is %j', (key, parts) => {
  expect(sysctlParts(key)).toEqual(parts);
  expect(sysctlParts(parts)).toEqual(parts);
  expect(sysctlName(parts)).toBe(key);
});

test.each([
  ['net', ['net']],
  ['net.ipv4', ['net', 'ipv4']],
  ['net.ipv4.conf', ['net', 'ipv4', 'conf']],
  ['net.ipv4.conf.eth0', ['net', 'ipv4', 'conf', 'eth0']],
  ['net.ipv4.conf.eth0.100', ['net', 'ipv4', 'conf', 'eth0.100']],
])('the branch %s is %j', (branch, parts) => {
  expect(branchParts(branch)).toEqual(parts);
});

test('the string of a device key stands for that device, whatever dots its name has', () => {
  const name = fc
    .stringMatching(/^[a-z0-9.@_-]{1,15}$/)
    .filter((text) => !text.startsWith('.') && !text.endsWith('.') && !text.includes('..'));
  const table = fc.constantFrom('conf', 'neigh');

  fc.assert(
    fc.property(table, name, fc.stringMatching(/^[a-z_]{1,20}$/), (directory, device, leaf) => {
      const parts = ['net', 'ipv4', directory, device, leaf];
      expect(sysctlParts(sysctlName(parts))).toEqual(parts);
      expect(deviceOf(parts)).toBe(device);
      expect(branchParts(sysctlName(parts.slice(0, -1)))).toEqual(parts.slice(0, -1));
    }),
  );
});

test('only settings of devices have one', () => {
  expect(deviceOf(['net', 'ipv4', 'ip_forward'])).toBeUndefined();
  expect(deviceOf(['net', 'ipv4', 'conf', 'eth0'])).toBeUndefined();
  expect(deviceOf(['net', 'ax25', 'ax0', 'ip_default_mode'])).toBe('ax0');
});

test.each<[unknown, string, string]>([
  ['', 'RangeError', 'names with a dot between each two'],
  ['net', 'RangeError', "must name a value below 'net'"],
  ['net.', 'RangeError', 'names with a dot between each two'],
  ['.net.ipv4', 'RangeError', 'names with a dot between each two'],
  ['net..ipv4', 'RangeError', 'names with a dot between each two'],
  ['net.ipv4.conf.a..b.forwarding', 'RangeError', 'names with a dot between each two'],
  ['net/ipv4/ip_forward', 'RangeError', "no '/'"],
  ['net.ipv4.conf.eth0/100.forwarding', 'RangeError', "no '/'"],
  ['../../etc/passwd', 'RangeError', "no '/'"],
  ['net.ipv4\0', 'RangeError', 'must not contain NUL'],
  ['x'.repeat(5000), 'RangeError', 'must be at most 4000 bytes long'],
  ['kernel.hostname', 'RangeError', "'kernel.hostname' is of the whole machine, not of a network namespace"],
  ['vm.swappiness', 'RangeError', "must begin with 'net.'"],
  ['network.ipv4', 'RangeError', "must begin with 'net.'"],
  [[], 'RangeError', 'must not be empty'],
  [['net'], 'RangeError', "must name a value below 'net'"],
  [['net', '..', 'kernel'], 'RangeError', 'only names as parts'],
  [['net', '.'], 'RangeError', 'only names as parts'],
  [['net', ''], 'RangeError', 'only names as parts'],
  [['net', 'a/b'], 'RangeError', 'only names as parts'],
  [['net', 'a\0'], 'RangeError', 'must not contain NUL'],
  [['net', 5], 'TypeError', 'must be a string, not 5'],
  [['kernel', 'hostname'], 'RangeError', "must begin with 'net.'"],
  [5, 'TypeError', 'must be a string or an array of its parts, not 5'],
  [undefined, 'TypeError', 'must be a string or an array of its parts, not undefined'],
  [null, 'TypeError', 'must be a string or an array of its parts, not null'],
])('the key %j is a %s', (key, name, message) => {
  let failure: unknown;
  try {
    sysctlParts(key);
  } catch (error) {
    failure = error;
  }

  expect(failure).toMatchObject({ name, property: 'key', message: expect.stringContaining(message) as string });
});

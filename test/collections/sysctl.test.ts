import { hostNamespace, type SysctlKey, type SysctlValue } from '../../lib';

// Whatever is wrong is said before anything is asked of the system: the addon is not even loaded.
jest.mock('../../lib/native', () => ({
  ...jest.requireActual<object>('../../lib/native'),
  startRuntime: () => {
    throw new Error('the addon was loaded');
  },
}));

const { sysctl } = hostNamespace();

test.each<[unknown, string]>([
  ['kernel.hostname', "key: must begin with 'net.': 'kernel.hostname' is of the whole machine"],
  ['net/ipv4', "key: must have dots and no '/'"],
  [['net', '..', 'x'], 'key: must have only names as parts'],
])('the key %j', async (key, message) => {
  await expect(sysctl.get(key as SysctlKey)).rejects.toThrow(message);
  await expect(sysctl.set(key as SysctlKey, 1)).rejects.toThrow(message);
});

test('what is no key', async () => {
  await expect(sysctl.get(7 as never)).rejects.toThrow('key: must be a string or an array of its parts, not 7');
});

test.each<[unknown, string]>([
  ['net..ipv4', 'branch: must be names with a dot between each two'],
  ['kernel', "branch: must begin with 'net.'"],
  [['net', '..'], 'branch: must have only names as parts'],
])('the branch %j', async (branch, message) => {
  await expect(sysctl.list(branch as SysctlKey)).rejects.toThrow(message);
});

test.each<[unknown, string, string]>([
  ['', 'RangeError', 'must not be empty; null clears'],
  [' \t', 'RangeError', 'must not be empty; null clears'],
  ['1\n', 'RangeError', "must not contain a line feed: '1\\n'"],
  ['1\0', 'RangeError', 'must not contain NUL'],
  [1.5, 'RangeError', 'must be a whole number, not 1.5'],
  [NaN, 'RangeError', 'must be a whole number, not NaN'],
  [2 ** 53, 'RangeError', 'must be a whole number up to 2^53 - 1; use a bigint, not 9007199254740992'],
  [[], 'RangeError', 'must not be empty; null clears'],
  [[1, 0.5], 'RangeError', 'must be a whole number, not 0.5'],
  [['a b'], 'RangeError', "must have no white space in its parts: 'a b'"],
  [[true], 'TypeError', 'must be a string, a number, a boolean, null or an array of values, not true'],
  [[[1]], 'TypeError', 'must be a string, a number, a boolean, null or an array of values, not [ 1 ]'],
  [undefined, 'TypeError', 'must be a string, a number, a boolean, null or an array of values, not undefined'],
  [{}, 'TypeError', 'must be a string, a number, a boolean, null or an array of values, not {}'],
])('the value %j', async (given, name, message) => {
  const value = given as SysctlValue;

  await expect(sysctl.set('net.ipv4.ip_forward', value)).rejects.toMatchObject({ name, message: `value: ${message}` });
  await expect(sysctl.set({ 'net.core.somaxconn': 1, 'net.ipv4.ip_forward': value })).rejects.toMatchObject({
    name,
    message: `net.ipv4.ip_forward: ${message}`,
    property: 'net.ipv4.ip_forward',
  });
});

test('what is no collection of values', async () => {
  await expect(sysctl.set(5 as never)).rejects.toThrow('key: must be a key, or an object of keys and values, not 5');
  await expect(sysctl.set({ 'kernel.hostname': 'x' })).rejects.toThrow("key: must begin with 'net.'");
});

test('nothing to set needs nobody', async () => {
  await expect(sysctl.set({})).resolves.toBeUndefined();
});

test('good arguments would have reached the addon', async () => {
  await expect(sysctl.get('net.ipv4.ip_forward')).rejects.toThrow('the addon was loaded');
  await expect(sysctl.set({ 'net.ipv4.ip_forward': [1, 2n, '3'] })).rejects.toThrow('the addon was loaded');
  await expect(sysctl.list()).rejects.toThrow('the addon was loaded');
});

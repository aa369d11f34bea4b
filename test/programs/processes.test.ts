import { attachNamespace, namespaceOfProcess } from '../../lib';

// Whatever is wrong is said before anything is asked of the system: the addon is not even loaded.
jest.mock('../../lib/native', () => ({
  ...jest.requireActual<object>('../../lib/native'),
  startRuntime: () => {
    throw new Error('the addon was loaded');
  },
}));

test.each<[() => Promise<unknown>, string, string]>([
  [() => attachNamespace('a/b', { pid: 1 }), 'RangeError', "name: must not contain '/': 'a/b'"],
  [() => attachNamespace('', { pid: 1 }), 'RangeError', 'name: must not be empty'],
  [() => attachNamespace(undefined as never, { pid: 1 }), 'TypeError', 'name: must be a string, not undefined'],
  [() => attachNamespace('a', { pid: 0 }), 'RangeError', 'pid: must be a whole number from 1 to 2147483647, not 0'],
  [() => attachNamespace('a', { fd: -1 }), 'RangeError', 'fd: must be a whole number from 0 to 2147483647, not -1'],
  [
    () => attachNamespace('a', 5 as never),
    'TypeError',
    'target: must be a NetworkNamespace, a name, a path, { pid }, { pidfd } or { fd }, not 5',
  ],
  [
    () => attachNamespace('a', null as never),
    'TypeError',
    'target: must be a NetworkNamespace, a name, a path, { pid }, { pidfd } or { fd }, not null',
  ],
  [
    () => attachNamespace('a', {} as never),
    'TypeError',
    'target: must be a NetworkNamespace, a name, a path, { pid }, { pidfd } or { fd }, not {}',
  ],
  [() => namespaceOfProcess(0), 'RangeError', 'pid: must be a whole number from 1 to 2147483647, not 0'],
  [() => namespaceOfProcess('1' as never), 'TypeError', "pid: must be a number, not '1'"],
])('%s', async (call, name, message) => {
  await expect(call()).rejects.toMatchObject({ name, message });
});

test('a good argument would have reached the addon', async () => {
  await expect(attachNamespace('a', { pid: 1 })).rejects.toThrow('the addon was loaded');
});

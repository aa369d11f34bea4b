import { hostNamespace } from '../../lib';
import { thrownBy } from '../support/bytes';

// Whatever is wrong is said before anything is started: the helper is not even looked for.
jest.mock('../../lib/native', () => ({
  ...jest.requireActual<object>('../../lib/native'),
  helperFile: () => {
    throw new Error('the helper was wanted');
  },
}));

const host = hostNamespace();

test.each<[args: unknown[], message: string]>([
  [[], 'command: must be a string, not undefined'],
  [[5], 'command: must be a string, not 5'],
  [[''], 'command: must not be empty'],
  [['a\0b'], "command: must not contain NUL: 'a\\x00b'"],
  [['true', ['a\0b']], "args.0: must not contain NUL: 'a\\x00b'"],
  [['true', 'a'], "options: must be an object, not 'a'"],
  [['true', [], 5], 'options: must be an object, not 5'],
  [['true', { argv0: 5 }], 'argv0: must be a string, not 5'],
  [['true', { shell: 5 }], 'shell: must be a string or a boolean, not 5'],
  [['true', { cwd: 5 }], 'cwd: must be a string or a URL, not 5'],
  [['true', { uid: 'root' }], "uid: must be a whole number from 0 to 2147483647, not 'root'"],
  [['true', { gid: -1 }], 'gid: must be a whole number from 0 to 2147483647, not -1'],
])('spawn of %j', (args, message) => {
  expect(thrownBy(() => (host.spawn as (...args: unknown[]) => unknown)(...args))).toMatchObject({
    name: 'TypeError',
    message,
  });
});

test.each<[args: unknown[], name: string, message: string]>([
  [[5], 'TypeError', 'command: must be a string, not 5'],
  [['true', 5], 'TypeError', 'options: must be an object, not 5'],
  [['true', {}, 5], 'TypeError', 'callback: must be a function, not 5'],
  [['true', { timeout: -1 }], 'RangeError', 'timeout: must be a whole number from 0 to 9007199254740991, not -1'],
  [['true', { maxBuffer: 'x' }], 'TypeError', "maxBuffer: must be a number of bytes, 0 or more, not 'x'"],
])('exec of %j', (args, name, message) => {
  expect(thrownBy(() => (host.exec as (...args: unknown[]) => unknown)(...args))).toMatchObject({ name, message });
});

test('good arguments would have reached the helper', () => {
  expect(() => host.spawn('true')).toThrow('the helper was wanted');
  expect(() => host.exec('true')).toThrow('the helper was wanted');
  expect(() => host.execFile('true', ['a'], { cwd: '/' })).toThrow('the helper was wanted');
});

test.each<[args: unknown[], message: string]>([
  [[], 'filename: must be a string or a URL, not undefined'],
  [['./a.js', 5], 'options: must be an object, not 5'],
])('worker of %j', async (args, message) => {
  const started = (host.worker as (...args: unknown[]) => Promise<unknown>).apply(host, args);
  await expect(started).rejects.toMatchObject({ name: 'TypeError', message });
});

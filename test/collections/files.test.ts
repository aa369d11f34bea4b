import { hostNamespace } from '../../lib';

// Whatever is wrong is said before anything is asked of the system: the addon is not even loaded.
jest.mock('../../lib/native', () => ({
  ...jest.requireActual<object>('../../lib/native'),
  startRuntime: () => {
    throw new Error('the addon was loaded');
  },
}));

const { files } = hostNamespace();

test.each<[unknown, string, string]>([
  ['/etc/hosts', 'RangeError', 'use node:fs'],
  ['/proc/sys/kernel/hostname', 'RangeError', 'must be below one of /proc/net, /proc/sys/net, /sys/class/net'],
  ['/proc/self/net/dev', 'RangeError', 'must be below one of'],
  ['/proc/network', 'RangeError', 'must be below one of'],
  ['/sys/class', 'RangeError', 'must be below one of'],
  ['proc/net/dev', 'RangeError', 'must be below one of'],
  ['', 'RangeError', 'must be below one of'],
  ['/proc/net/../../etc/passwd', 'RangeError', "must not have '.', '..' or empty parts"],
  ['/sys/class/net/..', 'RangeError', "must not have '.', '..' or empty parts"],
  ['/proc/net/./dev', 'RangeError', "must not have '.', '..' or empty parts"],
  ['/proc/net//dev', 'RangeError', "must not have '.', '..' or empty parts"],
  ['/proc/net/dev\0', 'RangeError', 'must not contain NUL'],
  [`/proc/net/${'x'.repeat(5000)}`, 'RangeError', 'must be at most 4000 bytes long'],
  [5, 'TypeError', 'must be a string, not 5'],
  [undefined, 'TypeError', 'must be a string, not undefined'],
])('the path %j', async (given, name, message) => {
  const path = given as string;

  for (const attempt of [files.read(path), files.readBytes(path), files.write(path, 'x'), files.list(path)]) {
    const failure = await attempt.catch((error: unknown) => error);
    expect(failure).toMatchObject({ name, property: 'path' });
    expect((failure as Error).message).toContain(message);
  }
});

test.each<[unknown, string]>([
  ['', 'content: must not be empty'],
  [new Uint8Array(), 'content: must not be empty'],
  [1, 'content: must be a string or a Uint8Array, not 1'],
  [undefined, 'content: must be a string or a Uint8Array, not undefined'],
  [new DataView(new ArrayBuffer(1)), 'content: must be a string or a Uint8Array'],
])('the content %j', async (content, message) => {
  await expect(files.write('/proc/sys/net/ipv4/ip_forward', content as string)).rejects.toThrow(message);
});

test.each<[unknown, string]>([
  [{ limit: -1 }, 'limit: must be a whole number from 0 to 2147483647, not -1'],
  [{ limit: '1' }, "limit: must be a number, not '1'"],
  [5, 'options: must be an object such as { limit: 1024 }, not 5'],
])('reading with %j', async (options, message) => {
  await expect(files.read('/proc/net/dev', options as never)).rejects.toThrow(message);
});

test.each(['/proc/net', '/proc/net/dev', '/proc/sys/net/', '/sys/class/net/eth0.100/mtu'])(
  'the path %s would have reached the addon',
  async (path) => {
    await expect(files.read(path)).rejects.toThrow('the addon was loaded');
    await expect(files.list(path)).rejects.toThrow('the addon was loaded');
    await expect(files.write(path, Buffer.from('x'))).rejects.toThrow('the addon was loaded');
  },
);

import { checkNamespaceName, namespaceFile } from '../../lib/namespace/names';
import { thrownBy } from '../support/bytes';

test.each(['blue', 'a b', '...', '-x', 'grün', 'x'.repeat(255)])('%j can name a namespace', (name) => {
  expect(() => {
    checkNamespaceName(name);
  }).not.toThrow();
});

test.each<[unknown, string, string]>([
  ['', 'RangeError', 'must not be empty'],
  ['.', 'RangeError', "must be a file name, not '.'"],
  ['..', 'RangeError', "must be a file name, not '..'"],
  ['a/b', 'RangeError', "must not contain '/': 'a/b'"],
  ['../blue', 'RangeError', "must not contain '/': '../blue'"],
  ['a\0b', 'RangeError', 'must not contain NUL'],
  ['x'.repeat(256), 'RangeError', 'must be at most 255 bytes long, not 256'],
  ['ä'.repeat(128), 'RangeError', 'must be at most 255 bytes long, not 256'],
  [5, 'TypeError', 'must be a string, not 5'],
  [null, 'TypeError', 'must be a string, not null'],
])('%p cannot', (name, kind, reason) => {
  const error = thrownBy(() => {
    checkNamespaceName(name);
  });

  expect(error).toMatchObject({ name: kind, message: `name: ${reason}`, property: 'name' });
});

test('its file is where iproute2 keeps it', () => {
  expect(namespaceFile('blue')).toBe('/run/netns/blue');
});

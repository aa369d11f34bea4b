import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { packages } from '../lib/packages';

jest.mock('undici', () => {
  throw Object.assign(new Error("Cannot find module 'undici'"), { code: 'MODULE_NOT_FOUND' });
});

test('undici that is not installed is an error that says what to do', () => {
  expect(() => packages.undici).toThrow(
    expect.objectContaining({
      code: 'MODULE_NOT_FOUND',
      message: "a dispatcher needs the package undici, which is not installed: 'npm install undici'",
    }) as Error,
  );
});

test('an import of the library loads neither dns-packet nor undici', () => {
  const library = path.join(__dirname, '..', 'dist');
  const program = `
    require(${JSON.stringify(library)});
    console.log(Object.keys(require.cache).filter((file) => /node_modules.(dns-packet|undici)/.test(file)).length);
    require('dns-packet');
    console.log(Object.keys(require.cache).filter((file) => /node_modules.(dns-packet|undici)/.test(file)).length > 0);`;

  const printed = execFileSync(process.execPath, ['-e', program], { cwd: library, encoding: 'utf8' });

  expect(printed).toBe('0\ntrue\n');
});

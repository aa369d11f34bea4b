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

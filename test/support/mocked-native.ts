import type { NativeCallbacks } from '../../lib/native';
import { NativeDouble } from './native-double';

/** The double that plays the addon, in test files that put {@link mockedNative} in the place of lib/native. */
export const mockAddon = new NativeDouble();

/** `jest.mock('../../lib/native', () => jest.requireActual<typeof Support>('../support/mocked-native').mockedNative)` */
export const mockedNative = {
  ...jest.requireActual<object>('../../lib/native'),
  startRuntime: (callbacks: NativeCallbacks) => mockAddon.connect(callbacks),
};

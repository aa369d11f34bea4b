import { bridge } from '../../../lib/protocol/link-kinds/bridge';
import { bridgePort } from '../../../lib/protocol/link-kinds/bridge-port';
import { amidst, attribute, bytes, encoded, host, thrownBy, u16, u32 } from '../../support/bytes';

const write = (data: { encode: typeof bridge.data.encode }, values: object) =>
  encoded((writer) => {
    data.encode(writer, values);
  });

function read<T>(data: { decode(...place: never[]): T }, content: Uint8Array): T {
  const { source, start, end } = amidst(content);
  return (data.decode as (...place: unknown[]) => T)(source, start, end);
}

const ticks64 = (low: number) => host(0, 0, 0, 0, 0, 0, low >>> 8, low & 0xff);

test('hundredths of seconds, in four bytes or eight', () => {
  const content = bytes(attribute(1, u32(1500)), attribute(33, ticks64(12550)));

  expect(write(bridge.data, { forwardDelay: 15, multicastQueryInterval: 125.5 })).toEqual(content);
  expect(read(bridge.data, content)).toEqual({ forwardDelay: 15, multicastQueryInterval: 125.5 });
});

test('the protocol of VLANs is in network order', () => {
  expect(write(bridge.data, { vlanProtocol: '802.1ad' })).toEqual(attribute(8, [0x88, 0xa8]));
  expect(read(bridge.data, attribute(8, [0x81, 0]))).toEqual({ vlanProtocol: '802.1q' });
});

test('STP that runs in user space runs', () => {
  expect(read(bridge.data, attribute(5, u32(2)))).toEqual({ stp: true });
  expect(write(bridge.data, { stp: false })).toEqual(attribute(5, u32(0)));
});

test('an id is priority and address', () => {
  expect(read(bridge.data, attribute(11, [0x80, 0, 2, 0, 0, 0, 0, 1]))).toEqual({ bridgeId: '8000.02:00:00:00:00:01' });
});

test('forgetting addresses is asked for by an attribute without a value, which false does not write', () => {
  expect(write(bridge.data, { flushFdb: true })).toEqual(attribute(21));
  expect(write(bridge.data, { flushFdb: false })).toEqual(bytes());
  expect(write(bridgePort.data, { flush: true })).toEqual(attribute(24));
  expect(write(bridgePort.data, { flush: false })).toEqual(bytes());
});

test('what the bridge only reports is left out', () => {
  const listed = { rootId: '8000.02:00:00:00:00:01', helloTimer: 1.5, fdbLearned: 3, priority: 4096 };

  expect(write(bridge.data, listed)).toEqual(attribute(6, u16(4096)));
});

test('a port without backup', () => {
  expect(write(bridgePort.data, { backupPort: null })).toEqual(attribute(34, u32(0)));
  expect(write(bridgePort.data, { backupPort: 7 })).toEqual(attribute(34, u32(7)));
});

test('the states of a port are those of the kernel', () => {
  const words = [0, 1, 2, 3, 4].map((state) => read(bridgePort.data, attribute(1, state)).state);

  expect(words).toEqual(['disabled', 'listening', 'learning', 'forwarding', 'blocking']);
});

test('who runs the spanning tree', () => {
  expect(write(bridge.data, { stpMode: 'kernel' })).toEqual(attribute(50, u32(2)));
  expect(read(bridge.data, attribute(50, u32(1)))).toEqual({ stpMode: 'user' });
  expect(read(bridge.data, attribute(50, u32(3)))).toEqual({ stpMode: 3 });
});

test('whether a port forwards gratuitous announcements', () => {
  expect(write(bridgePort.data, { neighborForwardGratuitous: true })).toEqual(attribute(45, 1));
  expect(read(bridgePort.data, attribute(45, 0))).toEqual({ neighborForwardGratuitous: false });
});

test.each<[typeof bridge.data.encode | typeof bridgePort.data.encode, object, string]>([
  [bridge.data.encode, { vlanDefaultPvid: 4095 }, 'from 0 to 4094, not 4095'],
  [bridge.data.encode, { multicastIgmpVersion: 1 }, 'from 2 to 3, not 1'],
  [bridge.data.encode, { multicastMldVersion: 3 }, 'from 1 to 2, not 3'],
  [bridgePort.data.encode, { priority: 64 }, 'from 0 to 63, not 64'],
  [bridgePort.data.encode, { cost: 0 }, 'from 1 to 65535, not 0'],
])('numbers that no kernel takes are refused', (encode, values, reason) => {
  const [property] = Object.keys(values);

  expect(
    thrownBy(() =>
      encoded((writer) => {
        encode(writer, values);
      }),
    ),
  ).toMatchObject({ name: 'RangeError', message: `${property!}: must be a whole number ${reason}` });
});

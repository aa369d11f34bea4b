import { topicOf, type NetlinkEvent, type Subject } from '../../lib/protocol/events';
import { operate } from '../../lib/transport/runtime';
import { Subscription, type News } from '../../lib/transport/subscription';
import { ascii, attribute, u16, u32 } from '../support/bytes';
import { mockAddon } from '../support/mocked-native';
import type * as Support from '../support/mocked-native';
import { message } from '../support/native-double';

jest.mock('../../lib/native', () => jest.requireActual<typeof Support>('../support/mocked-native').mockedNative);

const NAMESPACE = 5;
const AF_BRIDGE = 7;
const NEWLINK = 16;
const DELLINK = 17;
const DELNSID = 89;
const OVERRUN = message(4, 0, 0);
const UNKNOWN = message(9999, 0, 0, u32(0));

const link = (type: number, index: number, name: string, family = 0) =>
  message(type, 0, 0, [family, 0], u16(1), u32(index), u32(0), u32(0), attribute(3, ascii(`${name}\0`)));

let told: News[];
let failure: unknown;
let consumed: (() => void) | undefined;

beforeEach(() => {
  mockAddon.forget();
  told = [];
  failure = undefined;
  consumed = undefined;
});

/** Listens; with `slowly` the listener is done only when `consumed` is called. */
function subscribe(subjects: Subject[] = ['link'], { slowly = false } = {}): Subscription<NetlinkEvent> {
  return new Subscription(
    async (start, chunk) => {
      const outcome = await operate((addon, id) => {
        start(addon, id, NAMESPACE);
      }, chunk);
      if (outcome.errno !== 0) throw new Error(`errno ${String(outcome.errno)}`);
      return outcome;
    },
    topicOf(subjects),
    {
      tell(news) {
        told.push(...news);
        if (!slowly) return undefined;
        return new Promise((resolve) => {
          consumed = resolve;
        });
      },
      fail(error) {
        failure = error;
      },
    },
  );
}

test('joins the groups of its subjects, each once', async () => {
  const subscription = subscribe(['link', 'port', 'address', 'route', 'neighbor', 'fdbEntry', 'namespaceId']);

  const asked = await mockAddon.subscribed(0);

  expect(asked).toMatchObject({ namespace: NAMESPACE, protocol: 0, groups: [1, 5, 9, 7, 11, 3, 28] });
  subscription.close();
});

test('is in force when the addon says so, and asks for more', async () => {
  const subscription = subscribe();
  const asked = await mockAddon.subscribed(0);
  let inForce = false;
  void subscription.inForce.then(() => (inForce = true));
  await new Promise(setImmediate);
  expect(inForce).toBe(false);

  mockAddon.chunk(asked);
  await subscription.inForce;

  expect(mockAddon.resumed).toEqual([asked.id]);
  expect(told).toEqual([]);
});

test('tells what came and went, in order, and what was lost', async () => {
  subscribe(['link', 'port', 'namespaceId']);
  const asked = await mockAddon.subscribed(0);

  mockAddon.chunk(asked, link(NEWLINK, 7, 'br0'), OVERRUN, UNKNOWN, link(DELLINK, 8, 'port', AF_BRIDGE));
  mockAddon.chunk(asked, link(DELLINK, 7, 'br0'), message(DELNSID, 0, 0, u32(0), attribute(1, u32(3))));

  expect(told).toMatchObject([
    { subject: 'link', action: 'new', row: { index: 7, name: 'br0' } },
    { subject: 'resync' },
    { subject: 'port', action: 'delete', row: { index: 8, name: 'port' } },
    { subject: 'link', action: 'delete', row: { index: 7 } },
    { subject: 'namespaceId', action: 'delete', row: { id: 3 } },
  ]);
  expect(mockAddon.resumed).toEqual([asked.id, asked.id]);
});

test('leaves out what the groups tell besides its subjects, but never a loss', async () => {
  subscribe(['link']);
  const asked = await mockAddon.subscribed(0);

  mockAddon.chunk(asked, link(DELLINK, 8, 'port', AF_BRIDGE), link(NEWLINK, 8, 'x', 10), OVERRUN);

  expect(told).toEqual([{ subject: 'resync' }]);
});

test('asks for more when the listener is done', async () => {
  subscribe(['link'], { slowly: true });
  const asked = await mockAddon.subscribed(0);
  mockAddon.chunk(asked, link(NEWLINK, 7, 'br0'));
  await new Promise(setImmediate);
  expect(mockAddon.resumed).toEqual([]);

  consumed?.();
  await new Promise(setImmediate);

  expect(mockAddon.resumed).toEqual([asked.id]);
});

test('is silent once it is closed', async () => {
  const subscription = subscribe();
  const asked = await mockAddon.subscribed(0);

  subscription.close();
  subscription.close();
  mockAddon.chunk(asked, link(NEWLINK, 7, 'br0'));
  mockAddon.settle(asked, { errno: 125, call: 'recvmsg' });
  await new Promise(setImmediate);

  expect(mockAddon.cancelled).toEqual([asked.id]);
  expect(mockAddon.resumed).toEqual([]);
  expect(told).toEqual([]);
  expect(failure).toBeUndefined();
});

test('tells when it ends by itself', async () => {
  const subscription = subscribe();
  const asked = await mockAddon.subscribed(0);

  mockAddon.settle(asked, { errno: 1, call: 'setsockopt' });
  await new Promise(setImmediate);
  subscription.close();

  expect(failure).toMatchObject({ message: 'errno 1' });
  expect(mockAddon.cancelled).toEqual([]);
});

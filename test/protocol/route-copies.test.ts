import { MessageTemplate, Writer } from '../../lib/codec';
import { newRoute, routeRewrites, type RouteOptions } from '../../lib/protocol/route-request';
import { writeMessage } from '../../lib/transport/encode';
import { hex } from '../support/golden';

const SEQUENCE = 7;

/** The message of a route as it is encoded. */
function write(writer: Writer, route: RouteOptions): number {
  return writeMessage(writer, newRoute(route, 'add'), { sequence: SEQUENCE, acknowledgement: 0 });
}

/** A template that has learned a route's message. */
function learned(route: RouteOptions): MessageTemplate {
  const template = new MessageTemplate(routeRewrites);
  const writer = new Writer();
  // What lies before it must not matter.
  writer.uint32(0xffffffff);
  template.learn(writer, write(writer, route), route);
  return template;
}

const contentOf = ({ bytes, position, linkNames }: Writer) => ({ bytes: hex(bytes.subarray(0, position)), linkNames });

const route: RouteOptions = { destination: '10.1.0.0/16', gateway: '10.0.0.1', device: 'v0', metric: 5 };
const route6: RouteOptions = {
  destination: '2001:db8:1::/48',
  gateway: 'fe80::1',
  device: 3,
  preferredSource: '2001:db8::1',
};

describe('a copy is what the encoder writes', () => {
  test.each<[RouteOptions, RouteOptions]>([
    [route, route],
    [route, { ...route, destination: '10.2.0.0/16' }],
    [route, { ...route, destination: '0.0.0.0/1' }],
    [route, { ...route, destination: '192.0.2.255', gateway: '255.255.255.255', metric: 0xffffffff }],
    [route6, { ...route6, destination: '2001:db8:2:3::/64', gateway: 'fe80::2', preferredSource: '::1' }],
    [
      { destination: '10.1.0.0/16', type: 'blackhole', table: 1000 },
      { destination: '10.2.0.0/15', type: 'blackhole', table: 1000 },
    ],
    [
      { destination: '10.1.0.0/16', gateway: 'fe80::1', device: 'v0' },
      { destination: '10.2.0.0/16', gateway: 'fe80::1', device: 'v0' },
    ],
  ])('%j, then %j', (first, second) => {
    const [copied, encoded] = [new Writer(), new Writer()];

    expect(learned(first).copy(copied, second)).toBe(true);

    write(encoded, second);
    expect(contentOf(copied)).toEqual(contentOf(encoded));
  });
});

class Hiding {
  destination = '10.2.0.0/16';
  gateway = '10.0.0.1';
  device = 'v0';
  metric = 5;
  get table(): number {
    return this.metric;
  }
}

describe('nothing is copied, or left behind,', () => {
  test.each<[string, unknown, RouteOptions?]>([
    ['of another family', { ...route, destination: '2001:db8::/32' }],
    ['to everywhere', { ...route, destination: 'default' }],
    ['to everywhere, by its length', { ...route, destination: '0.0.0.0/0' }],
    ['through a gateway of another family', { ...route, gateway: 'fe80::1' }],
    ['through another device', { ...route, device: 'v1' }],
    ['with one property more', { ...route, table: 1000 }],
    ['with one less', { destination: route.destination, gateway: route.gateway, device: 'v0' }],
    ['in another order', { device: 'v0', destination: '10.1.0.0/16', gateway: '10.0.0.1', metric: 5 }],
    ['that has bits behind its prefix', { ...route, destination: '10.1.0.1/16' }],
    ['with a gateway that is none', { ...route, gateway: '10.0.0.256' }],
    ['without a gateway', { ...route, gateway: null }],
    ['with a metric that is none', { ...route, metric: -1 }],
    ['with properties that nobody sees', new Hiding()],
    ['that is none', undefined],
    ['that is text', 'default'],
    ['with what may change meanwhile', { ...route, flags: [] }, { ...route, flags: [] }],
    ['of a table given by number', { ...route, table: 254 }, { ...route, table: 'main' }],
  ])('%s', (_title, element, first = route) => {
    const writer = new Writer();
    writer.uint32(1);

    expect(learned(first).copy(writer, element)).toBe(false);

    expect(writer.position).toBe(4);
    expect(writer.linkNames).toEqual([]);
    expect(writer.bytes.subarray(4).every((byte) => byte === 0)).toBe(true);
  });
});

test('elements that are never alike are not learned for ever', () => {
  const template = new MessageTemplate(routeRewrites);
  const unlike = (index: number): RouteOptions => ({ destination: '10.1.0.0/16', table: index });
  for (let index = 1; index <= 17; index++) {
    const writer = new Writer();
    expect(template.copy(writer, unlike(index))).toBe(false);
    template.learn(writer, write(writer, unlike(index)), unlike(index));
  }

  expect(template.copy(new Writer(), unlike(17))).toBe(false);
});

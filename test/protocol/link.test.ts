import fc from 'fast-check';

import type { NamespaceReference } from '../../lib/codec';
import {
  changeLink,
  deleteLink,
  getLink,
  listLinks,
  newLink,
  type Link,
  type LinkChanges,
  type LinkFilter,
  type LinkOptions,
} from '../../lib/protocol/link';
import { changeAlternativeName } from '../../lib/protocol/link-names';
import { linkKinds } from '../../lib/protocol/link-kinds';
import { decodeLink, decoderOf } from '../../lib/protocol/link-reply';
import type { Request } from '../../lib/protocol/netlink';
import { amidst, ascii, attribute, bytes, encoded, thrownBy, u16, u32 } from '../support/bytes';
import { treeOf } from '../support/golden';

const IFINFOMSG = 16;
const IFLA = { IFNAME: 3, MTU: 4, LINK: 5, MASTER: 10, LINKINFO: 18, ALIAS: 20, NET_NS_FD: 28, EXT_MASK: 29 } as const;
const INFO = { KIND: 1, DATA: 2, SLAVE_KIND: 4, SLAVE_DATA: 5 } as const;
const TARGET_NETNSID = 46;
const ALT_IFNAME = 53;
const SKIP_STATS = 8;

const write = (request: Request) =>
  encoded((writer) => {
    request.encode(writer);
  });

const header = (index = 0, flags = 0, change = 0, type = 0) =>
  bytes([0, 0], u16(type), u32(index), u32(flags), u32(change));

function read(content: Uint8Array, decoder: typeof decodeLink = decodeLink): Link {
  const { source, start, end } = amidst(content);
  return decoder(source, start, end);
}

describe('questions', () => {
  test('a link is asked for by index or by name, without its counters', () => {
    expect(write(getLink(7))).toEqual(bytes(header(7), attribute(IFLA.EXT_MASK, u32(SKIP_STATS))));
    expect(write(getLink('lo'))).toEqual(
      bytes(header(), attribute(IFLA.IFNAME, ascii('lo\0')), attribute(IFLA.EXT_MASK, u32(SKIP_STATS))),
    );
  });

  test('a name too long for a name is an alternative name', () => {
    const name = 'a'.repeat(16);

    expect(write(getLink(name, { statistics: true }))).toEqual(
      bytes(header(), attribute(ALT_IFNAME, ascii(name), 0), attribute(IFLA.EXT_MASK, u32(0))),
    );
  });

  test('a link in another namespace is asked for by that namespace’s id', () => {
    expect(write(getLink(7, { namespaceId: 3 }))).toEqual(
      bytes(header(7), attribute(IFLA.EXT_MASK, u32(SKIP_STATS)), attribute(TARGET_NETNSID, u32(3))),
    );
  });

  test('a dump is filtered by the kernel', () => {
    expect(write(listLinks({ master: 5, kind: 'veth' }))).toEqual(
      bytes(
        header(),
        attribute(IFLA.EXT_MASK, u32(SKIP_STATS)),
        attribute(IFLA.MASTER, u32(5)),
        attribute(IFLA.LINKINFO | 0x8000, attribute(INFO.KIND, ascii('veth\0'))),
      ),
    );
    expect(write(listLinks({ statistics: true }))).toEqual(bytes(header(), attribute(IFLA.EXT_MASK, u32(0))));
  });

  test('a filter that is unknown is refused', () => {
    expect(thrownBy(() => listLinks({ up: true } as LinkFilter))).toMatchObject({
      name: 'RangeError',
      message: 'up: is not a filter of links; the filters are kind, statistics, addressFamilies, master',
    });
  });
});

describe('requests', () => {
  test('a name in place of an index is left for the addon to fill in', () => {
    let names: unknown;

    const message = encoded((writer) => {
      changeLink('eth0', { master: 'br0' }).encode(writer);
      names = writer.linkNames;
    });

    expect(message).toEqual(bytes(header(), attribute(IFLA.MASTER, u32(0))));
    expect(names).toEqual([
      { offset: 4, name: 'eth0', slot: 0 },
      { offset: 20, name: 'br0', slot: 0 },
    ]);
  });

  test('a namespace is kept open, and its descriptor written', () => {
    const retain = jest.fn(() => 42);
    const namespace: NamespaceReference = { [Symbol.toStringTag]: 'NetworkNamespace', retain, release: () => {} };
    let references: unknown;

    const message = encoded((writer) => {
      changeLink(7, { namespace }).encode(writer);
      references = [...writer.references];
    });

    expect(message).toEqual(bytes(header(7), attribute(IFLA.NET_NS_FD, u32(42))));
    expect(references).toEqual([namespace]);
    expect(retain).toHaveBeenCalledTimes(1);
  });

  test('a bridge does not stand on another link, whatever was listed', () => {
    const listed = { kind: 'bridge', link: 7, mtu: 1500, operationalState: 'up' } as const;

    const message = write(newLink(listed));

    expect(treeOf(message, {}, IFINFOMSG)).not.toHaveProperty(String(IFLA.LINK));
  });

  test.each(Object.values(linkKinds).filter(({ hasLink }) => !hasLink))(
    'of $kind no link below is taken',
    ({ kind, linkOption }) => {
      const refused = (options: object) => thrownBy(() => newLink({ kind, ...options }));

      expect(refused({ link: 'eth0' })).toMatchObject({
        property: 'link',
        message: expect.stringContaining(linkOption ?? kind) as string,
      });
      expect(refused({ linkNamespaceId: 1 })).toMatchObject({ property: 'linkNamespaceId' });
    },
  );

  test('what a new bridge has anyway is left out when it is made, and not when it is changed', () => {
    const VLAN_FILTERING = 7;
    const data = { kind: 'bridge', vlanFiltering: false } as const;

    expect(write(newLink(data))).not.toContain(VLAN_FILTERING);
    expect(write(changeLink(1, data))).toContain(VLAN_FILTERING);
  });

  test('a kind without a declaration keeps the link that it stands on', () => {
    const message = write(newLink({ kind: 'macsec', link: 7, data: attribute(1, u32(4)) }));

    expect(treeOf(message, {}, IFINFOMSG)).toHaveProperty(String(IFLA.LINK));
  });

  test('links of kinds without a declaration are made and deleted all the same', () => {
    expect(write(newLink({ kind: 'nlmon' }))).toEqual(
      bytes(header(), attribute(IFLA.LINKINFO | 0x8000, attribute(INFO.KIND, ascii('nlmon\0')))),
    );
    expect(write(deleteLink(7))).toEqual(header(7));
  });

  test.each<[string, () => Request, boolean]>([
    ['making a link', () => newLink({ kind: 'dummy' }), true],
    ['deleting one', () => deleteLink(7), true],
    ['renaming one', () => changeLink(7, { name: 'x' }), true],
    ['moving one', () => changeLink(7, { namespace: { pid: 1 } }), true],
    ['giving it another name', () => changeAlternativeName(7, 'x', 'add'), true],
    ['changing anything else', () => changeLink(7, { mtu: 1500 }), false],
  ])('%s: whether names may stand for other links then', (_what, request, expected) => {
    expect(request().changesNames).toBe(expected);
  });
});

describe('arguments', () => {
  const refuse = (request: () => Request) => thrownBy(() => write(request()));

  test.each<[object | undefined, string, string]>([
    [undefined, 'TypeError', "options: must be an object such as { kind: 'bridge', name: 'br0' }, not undefined"],
    [{}, 'TypeError', "kind: is missing: say which, such as 'bridge' or 'veth'"],
    [{ kind: 'dummy', name: 'a b' }, 'RangeError', "name: must not contain '/', ':' or white space: 'a b'"],
    [
      { kind: 'dummy', address: '1' },
      'RangeError',
      'address: must be an Ethernet address such as 02:00:00:00:00:01, not ',
    ],
    [{ kind: 'dummy', name: 5 }, 'TypeError', 'name: must be a string, not 5'],
    [{ kind: 'dummy', mtu: -1 }, 'RangeError', 'mtu: must be a whole number from 0 to 4294967295, not -1'],
    [{ kind: 'dummy', up: 1 }, 'TypeError', 'up: must be true or false, not 1'],
    [{ kind: 'dummy', index: 'lo' }, 'TypeError', 'index: must be a number'],
    [{ kind: 'dummy', alias: 'a'.repeat(256) }, 'RangeError', 'alias: must be at most 255 bytes long, not 256'],
    [{ kind: 'dummy', color: 'red' }, 'RangeError', 'color: is not a property known here'],
    [{ kind: 'dummy', mtuu: 1400 }, 'RangeError', "mtuu: is not a property known here: did you mean 'mtu'?"],
    [{ kind: 'dummy', ageingTime: 5 }, 'RangeError', "ageingTime: is not for 'dummy': it belongs to bridge, vxlan"],
    [
      { kind: 'bridge', agingTime: 5 },
      'RangeError',
      "agingTime: is not a property known here: did you mean 'ageingTime'?",
    ],
    [{ kind: 'nlmon', color: 'red' }, 'RangeError', 'color: is not a property known here'],
    [
      { kind: 'nlmon', ageingTime: 5 },
      'RangeError',
      "ageingTime: 'nlmon' has no declaration here, so its options are not",
    ],
    [
      { kind: 'toString', ageingTime: 5 },
      'RangeError',
      "ageingTime: 'toString' has no declaration here, so its options",
    ],
    [{ kind: 'brigde', ageingTime: 5 }, 'RangeError', "kind: 'brigde' has no declaration here: did you mean 'bridge'?"],
    [{ kind: 'nlmon', data: 5 }, 'TypeError', 'data: must be a Uint8Array, not 5'],
    [
      { kind: 'dummy', namespace: 5 },
      'TypeError',
      'namespace: must be a NetworkNamespace, a name, a path, { pid }, { pidfd } or { fd }, not 5',
    ],
    [
      { kind: 'dummy', namespace: { pid: 0 } },
      'RangeError',
      'namespace.pid: must be a whole number from 1 to 2147483647',
    ],
    [
      { kind: 'dummy', addressGenerationMode: 'x' },
      'RangeError',
      'addressGenerationMode: must be one of eui64, none, ',
    ],
    [{ kind: 'bridge', ageingTime: -1 }, 'RangeError', 'ageingTime: must be 0 seconds or more, not -1'],
    [{ kind: 'bridge', ageingTime: 0.004 }, 'RangeError', 'ageingTime: must be 0 seconds or at least 0.01, not 0.004'],
    [
      { kind: 'bridge', ipv6Token: 'fe80:1::5' },
      'RangeError',
      "ipv6Token: must be the lower half of an address, such as '::1:2:3:4', not 'fe80:1::5'",
    ],
    [
      { kind: 'bridge', protocolDownReason: { value: 16, mask: 1 } },
      'RangeError',
      'protocolDownReason.value: has bits that mask, 1, leaves out: 16',
    ],
    [
      { kind: 'bridge', switches: { multipleSpanningTree: 1 } },
      'TypeError',
      'switches.multipleSpanningTree: must be true or false, not 1',
    ],
    [
      { kind: 'bridge', switches: { mst: true } },
      'RangeError',
      "switches.mst: is not a property known here: did you mean 'multipleSpanningTree'?",
    ],
    [{ kind: 'veth', peer: 5 }, 'TypeError', 'peer: must be an object, not 5'],
    [{ kind: 'veth', peer: { mtu: 'x' } }, 'TypeError', "peer.mtu: must be a number, not 'x'"],
    [{ kind: 'veth', peer: { arp: 1 } }, 'TypeError', 'peer.arp: must be true or false, not 1'],
    [{ kind: 'veth', port: { kind: 'bridge', cost: 5 } }, 'RangeError', 'port: is called bridgePort now'],
    [{ kind: 'veth', port: { kind: 'team' } }, 'RangeError', 'port: is called masterPort now'],
    [{ kind: 'veth', port: 5 }, 'RangeError', "port: is not for 'veth': it belongs to vxlan"],
    [{ kind: 'bridge', port: 4789 }, 'RangeError', "port: is not for 'bridge': it belongs to vxlan"],
    [{ kind: 'bridge', vni: 5 }, 'RangeError', "vni: is not for 'bridge': it belongs to vxlan"],
    [{ kind: 'bridge', peer: { name: 'v1' } }, 'RangeError', "peer: is not for 'bridge': it belongs to veth"],
    [{ kind: 'vxlan', peer: { name: 'v1' } }, 'RangeError', "peer: is not for 'vxlan': it belongs to veth"],
    [{ kind: 'bond', peer: { name: 'v1' } }, 'RangeError', "peer: is not for 'bond': it belongs to veth"],
    [{ kind: 'bridge', miimon: 100 }, 'RangeError', "miimon: is not for 'bridge': it belongs to bond"],
    [{ kind: 'bond', underlay: 'v0' }, 'RangeError', "underlay: is not for 'bond': it belongs to vxlan"],
    [{ kind: 'bond', broadcastCutoff: 1 }, 'RangeError', "broadcastCutoff: is not for 'bond': it belongs to macvlan"],
    [{ kind: 'veth', bridgePort: 5 }, 'TypeError', 'bridgePort: must be an object, not 5'],
    [{ kind: 'veth', bridgePort: { cost: -1 } }, 'RangeError', 'bridgePort.cost: must be a whole number'],
    [
      { kind: 'veth', bridgePort: { costs: 1 } },
      'RangeError',
      "bridgePort.costs: is not a property known here: did you mean 'cost'?",
    ],
    [{ kind: 'veth', bridgePort: { kind: 'bridge' } }, 'RangeError', 'bridgePort.kind: is said by the name'],
    [{ kind: 'veth', masterPort: { data: new Uint8Array() } }, 'TypeError', 'masterPort.kind: is missing'],
    [
      { kind: 'veth', masterPort: { kind: 'bridge' } },
      'RangeError',
      "masterPort.kind: is 'bridge', whose ports have a property of their own: use bridgePort in place of masterPort",
    ],
    [{ kind: 'veth', masterPort: { kind: 'team', data: 5 } }, 'TypeError', 'masterPort.data: must be a Uint8Array'],
    [
      { kind: 'veth', bridgePort: {}, masterPort: { kind: 'team' } },
      'RangeError',
      'masterPort: cannot stand beside bridgePort: a link is a port of one master',
    ],
  ])('%j is refused with a %s', (options, name, message) => {
    const error = refuse(() => newLink(options as LinkOptions)) as Error;

    expect(error).toMatchObject({ name });
    expect(error.message).toContain(message);
    expect(error).toHaveProperty('property', message.split(':')[0]);
  });

  test('what options inherit counts as what they have', () => {
    const inheriting = (kind: string, properties: object): LinkOptions =>
      Object.assign(Object.create(properties) as object, { kind });

    for (const kind of ['bridge', 'dummy']) {
      expect(write(newLink(inheriting(kind, { mtu: 1400 })))).toEqual(write(newLink({ kind, mtu: 1400 })));
      expect(refuse(() => newLink(inheriting(kind, { color: 'red' })))).toMatchObject({ property: 'color' });
    }
    expect(refuse(() => changeLink(7, Object.create({ ageingTime: 30 }) as LinkChanges))).toMatchObject({
      property: 'ageingTime',
    });
  });

  test('what only a kind has needs the kind', () => {
    expect(refuse(() => changeLink(7, { helloTime: 2 } as LinkChanges))).toMatchObject({
      property: 'helloTime',
      message: "helloTime: is not for every kind: say kind: 'bridge' as well",
    });
    expect(refuse(() => changeLink(7, { mtuu: 1400 } as LinkChanges))).toMatchObject({
      message: "mtuu: is not a property known here: did you mean 'mtu'?",
    });
  });

  test('names of links', () => {
    expect(refuse(() => getLink('a/b'))).toBeInstanceOf(RangeError);
    expect(thrownBy(() => changeAlternativeName(1, 'a b', 'add'))).toMatchObject({ property: 'name' });
    expect(refuse(() => deleteLink({} as number))).toMatchObject({ property: 'device', name: 'TypeError' });
  });
});

describe('the property that the kernel points at', () => {
  /** Offset of the only place where these bytes stand. */
  function find(message: Uint8Array, wanted: Uint8Array): number {
    const at = Buffer.from(message).indexOf(wanted);
    expect(Buffer.from(message).indexOf(wanted, at + 1)).toBe(-1);
    return at;
  }

  function located(request: Request, wanted: Uint8Array | number): string | undefined {
    const { source, start, end } = amidst(write(request));
    const offset = typeof wanted === 'number' ? wanted : find(write(request), wanted);
    return request.locate?.(source, start, end, start + offset);
  }

  test.each<[string | undefined, Request, Uint8Array | number]>([
    ['device', changeLink(7, { mtu: 1 }), 4],
    ['flags', changeLink(7, { up: true }), 8],
    ['mtu', changeLink(7, { mtu: 77 }), attribute(IFLA.MTU, u32(77))],
    ['alias', changeLink(7, { alias: 'uplink' }), ascii('uplink')],
    ['addressGenerationMode', changeLink(7, { addressGenerationMode: 'none' }), 20],
    ['kind', newLink({ kind: 'bridge' }), ascii('bridge')],
    ['kind', newLink({ kind: 'bridge', ageingTime: 0.77 }), 16 + 4 + 12],
    ['ageingTime', newLink({ kind: 'bridge', ageingTime: 0.77 }), u32(77)],
    ['peer', newLink({ kind: 'veth', peer: { mtu: 77 } }), 16 + 4 + 12 + 4],
    ['peer.index', newLink({ kind: 'veth', peer: { index: 77 } }), u32(77)],
    ['peer.address', newLink({ kind: 'veth', peer: { address: '02:00:00:00:00:77' } }), bytes(2, 0, 0, 0, 0, 0x77)],
    ['bridgePort', changeLink(7, { bridgePort: {} }), ascii('bridge')],
    ['bridgePort.cost', changeLink(7, { bridgePort: { cost: 77 } }), u32(77)],
    ['masterPort.kind', changeLink(7, { masterPort: { kind: 'team' } }), ascii('team')],
    ['masterPort.data', changeLink(7, { masterPort: { kind: 'team', data: u32(77) } }), u32(77)],
    ['data', newLink({ kind: 'nlmon', data: u32(77) }), u32(77)],
    ['kind', newLink({ kind: 'toString' }), ascii('toString')],
    ['name', changeAlternativeName(7, 'other', 'add'), ascii('other')],
    [undefined, changeLink(7, { mtu: 1 }), 1000],
  ])('%s', (property, request, wanted) => {
    expect(located(request, wanted)).toBe(property);
  });
});

describe('decoding', () => {
  const kindOf = (kind: string, ...data: Uint8Array[]) =>
    attribute(IFLA.LINKINFO, attribute(INFO.KIND, ascii(kind), 0), attribute(INFO.DATA, ...data));

  test('the header', () => {
    const link = read(header(7, 0x1 | 0x80 | 0x1000, 0, 772));

    expect(link).toMatchObject({
      index: 7,
      linkType: 'loopback',
      up: true,
      arp: false,
      multicast: true,
      promiscuous: false,
      allMulticast: false,
      flags: ['up', 'no-arp', 'multicast'],
    });
  });

  test('numbers without a word stay numbers', () => {
    const link = read(header(7, 0x80000001, 0, 4711));

    expect(link).toMatchObject({ linkType: 4711, flags: ['up', 0x80000000] });
  });

  test('a kind without a declaration keeps its bytes', () => {
    const link = read(bytes(header(7), kindOf('nlmon', attribute(1, 5))));

    expect(link).toMatchObject({ kind: 'nlmon', data: attribute(1, 5) });
  });

  test('a kind that is called as something of every object', () => {
    expect(read(bytes(header(7), kindOf('constructor', attribute(1, 5))))).toMatchObject({ kind: 'constructor' });
  });

  test('the kind may stand behind its data', () => {
    const info = attribute(
      IFLA.LINKINFO,
      attribute(INFO.SLAVE_DATA, attribute(3, u32(7))),
      attribute(INFO.DATA, attribute(4, u32(3000))),
      attribute(INFO.KIND, ascii('bridge')),
      attribute(INFO.SLAVE_KIND, ascii('bridge')),
    );

    expect(read(bytes(header(7), info))).toMatchObject({
      kind: 'bridge',
      ageingTime: 30,
      bridgePort: { cost: 7 },
    });
  });

  test('a port of a master without a declaration keeps its bytes, and is given back', () => {
    const info = bytes(attribute(INFO.SLAVE_KIND, ascii('team\0')), attribute(INFO.SLAVE_DATA, attribute(1, 5)));
    const masterPort = { kind: 'team', data: attribute(1, 5) };

    expect(read(bytes(header(7), attribute(IFLA.LINKINFO, info)))).toMatchObject({ masterPort });
    // What is too short for a bond (QUEUE_ID) and for a bridge (ISOLATED) has them refuse what is meant for another master.
    const data = bytes(attribute(5, 0), attribute(33), attribute(1, 5));
    const sent = bytes(attribute(INFO.SLAVE_KIND, ascii('team\0')), attribute(INFO.SLAVE_DATA, data));
    expect(write(changeLink(7, { masterPort }))).toEqual(bytes(header(7), attribute(IFLA.LINKINFO | 0x8000, sent)));
  });

  test('unknown attributes of the link and of its kind are kept apart', () => {
    const link = read(bytes(header(7), attribute(999, 1), kindOf('bridge', attribute(200, 2))));

    expect(link).toMatchObject({
      unknownAttributes: [{ type: 999, data: bytes(1) }],
      unknownKindAttributes: [{ type: 200, data: bytes(2) }],
    });
    expect(write(newLink({ ...link, kind: 'bridge' }))).not.toContain(200);
  });

  test('a bridge’s id shorter than it is', () => {
    expect(read(bytes(header(7), kindOf('bridge', attribute(10, [0x80, 0, 2]))))).toMatchObject({ rootId: '' });
  });

  test('random bytes are decoded without an error, and nothing is read outside', () => {
    // Attributes of attributes, with the numbers of links, their info and their kinds.
    const leaf = fc
      .tuple(fc.nat(70), fc.uint8Array({ maxLength: 20 }))
      .map(([type, payload]) => attribute(type, payload));
    const data = fc.array(leaf, { maxLength: 4 }).map((parts) => bytes(...parts));
    const kind = fc.constantFrom('bridge', 'veth', 'dummy', 'vxlan', '').map((name) => ascii(`${name}\0`));
    const info = fc
      .tuple(kind, data, kind, data)
      .map(([own, ownData, port, portData]) =>
        attribute(
          IFLA.LINKINFO,
          attribute(INFO.KIND, own),
          attribute(INFO.DATA, ownData),
          attribute(INFO.SLAVE_KIND, port),
          attribute(INFO.SLAVE_DATA, portData),
        ),
      );
    const damage = fc.tuple(fc.nat(), fc.nat(0xff));
    const message = fc
      .tuple(fc.uint8Array({ minLength: 16, maxLength: 16 }), data, info, data, fc.array(damage, { maxLength: 3 }))
      .map(([head, before, middle, after, damages]) => {
        const whole = bytes(head, before, middle, after);
        for (const [place, value] of damages) whole[place % whole.length] = value;
        return whole;
      });
    fc.assert(
      fc.property(fc.oneof(message, fc.uint8Array({ maxLength: 100 })), (content) => {
        for (const decoder of [decodeLink, decoderOf({ statistics: true, addressFamilies: true })]) {
          const alone = decoder({ bytes: content, view: new DataView(content.buffer) }, 0, content.length);

          expect(read(content, decoder)).toEqual(alone);
        }
      }),
      { numRuns: 500 },
    );
  });
});

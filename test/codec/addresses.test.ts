import { isIP } from 'node:net';

import fc from 'fast-check';
import ipaddr from 'ipaddr.js';

import {
  AF,
  appendPrefix,
  familyOf,
  familyWord,
  hasHostBits,
  hexOctetsType,
  ipAddress,
  ipOf,
  ipType,
  linkAddressType,
  optionalLinkAddressType,
  parseIp,
  parseLinkAddress,
  parsePrefix,
} from '../../lib/codec';
import { attribute, bytes, decoded, encoded, thrownBy } from '../support/bytes';

/** The bytes of eight groups. */
const groups = (...values: number[]) => bytes(...values.map((value) => [value >> 8, value & 0xff]));

describe('IPv6 in canonical text', () => {
  // RFC 5952, sections 4 and 5.
  test.each<[string, number[]]>([
    ['2001:db8::1', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]],
    ['2001:db8::2:1', [0x2001, 0xdb8, 0, 0, 0, 0, 2, 1]],
    ['2001:db8:0:1:1:1:1:1', [0x2001, 0xdb8, 0, 1, 1, 1, 1, 1]],
    ['2001:0:0:1::1', [0x2001, 0, 0, 1, 0, 0, 0, 1]],
    ['2001:db8::1:0:0:1', [0x2001, 0xdb8, 0, 0, 1, 0, 0, 1]],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa', [0x2001, 0xdb8, 0xaaaa, 0xbbbb, 0xcccc, 0xdddd, 0xeeee, 0xaaaa]],
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['1::', [1, 0, 0, 0, 0, 0, 0, 0]],
    ['0:1::', [0, 1, 0, 0, 0, 0, 0, 0]],
    ['1:2:3:4:5:6:7:0', [1, 2, 3, 4, 5, 6, 7, 0]],
    ['1:2:3:4:5:6::', [1, 2, 3, 4, 5, 6, 0, 0]],
    ['::2:3:4:5:6:7', [0, 0, 2, 3, 4, 5, 6, 7]],
    ['::ffff:192.0.2.1', [0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201]],
  ])('%s', (text, values) => {
    expect(decoded(ipType, groups(...values))).toBe(text);
    expect(parseIp(text)).toEqual(groups(...values));
  });

  test('is what ipaddr.js writes', () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (values) => {
        const address = new ipaddr.IPv6(values);
        fc.pre(!address.isIPv4MappedAddress());

        expect(decoded(ipType, groups(...values))).toBe(address.toRFC5952String());
      }),
      { numRuns: 1000 },
    );
  });

  test('is read as ipaddr.js reads it, however it is written', () => {
    const digits = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const group = fc.oneof(
      fc.constantFrom('0', '0000', '00a'),
      digits,
      digits.map((text) => text.toUpperCase().padStart(4, '0')),
    );
    const ipv4 = fc.ipV4();
    const whole = fc
      .tuple(fc.array(group, { minLength: 6, maxLength: 6 }), fc.oneof(fc.tuple(group, group), ipv4))
      .map(([first, last]) => [...first, ...(typeof last === 'string' ? [last] : last)].join(':'));
    const shortened = fc
      .tuple(fc.array(group, { maxLength: 5 }), fc.array(group, { maxLength: 5 }), fc.option(ipv4))
      .map(([before, behind, last]) => [before, last === null ? behind : [...behind.slice(0, 4), last]])
      .filter(([before, behind]) => before!.length + behind!.length <= 6)
      .map((sides) => sides.map((side) => side.join(':')).join('::'));
    fc.assert(
      fc.property(fc.oneof(whole, shortened, fc.ipV6()), (text) => {
        // Which ipaddr.js takes for ::ffff:192.0.2.1, and inet_pton(3) for what it says.
        fc.pre(!/^::\d+\./.test(text));

        expect(parseIp(text)).toEqual(bytes(ipaddr.IPv6.parse(text).toByteArray()));
      }),
      { numRuns: 3000 },
    );
  });

  test('may end in an IPv4 address, mapped or not', () => {
    expect(parseIp('::192.0.2.1')).toEqual(groups(0, 0, 0, 0, 0, 0, 0xc000, 0x201));
    expect(parseIp('64:ff9b::192.0.2.1')).toEqual(groups(0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x201));
    expect(parseIp('1:2:3:4:5:6:192.0.2.1')).toEqual(groups(1, 2, 3, 4, 5, 6, 0xc000, 0x201));
  });

  test('is read back as the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (content) => {
        expect(parseIp(decoded(ipType, content))).toEqual(content);
      }),
    );
  });
});

describe('reading addresses', () => {
  test('IPv4', () => {
    expect(parseIp('10.0.255.1')).toEqual(bytes(10, 0, 255, 1));
    expect(decoded(ipType, bytes(10, 0, 255, 1))).toBe('10.0.255.1');
  });

  test.each([
    '10.1',
    '010.0.0.1',
    '1.2.3.256',
    '0x7f.1',
    '1.2.3.4 ',
    '',
    '::1%lo',
    ':::',
    '1::2::3',
    '::ffff:010.0.0.1',
    'eth0',
  ])('%j is none', (text) => {
    expect(thrownBy(() => parseIp(text))).toMatchObject({
      name: 'RangeError',
      message: `must be an IP address${text.includes('%') ? ' without a zone' : ''}, not '${text}'`,
    });
  });

  test.each([[1], [null], [['10.0.0.1']]])('%j is not even text', (value) => {
    expect(thrownBy(() => parseIp(value))).toBeInstanceOf(TypeError);
  });

  test('what Node takes for an address is one, and nothing else', () => {
    const part = fc.oneof(
      fc.constantFrom('', '0', '00', '1', 'ffff', '0ffff', '10000', 'g', '1.2.3.4', '01.2.3.4', '1.2.3', '::', ':'),
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdefF:.%')), maxLength: 6 }),
    );
    const text = fc.tuple(fc.array(part, { maxLength: 9 }), fc.constantFrom(':', '', '.'));
    fc.assert(
      fc.property(text, ([parts, separator]) => {
        const candidate = parts.join(separator);
        const isAddress = isIP(candidate) !== 0 && !candidate.includes('%');

        const read = () => parseIp(candidate);

        if (isAddress) expect(read()).toHaveLength(isIP(candidate) === 4 ? 4 : 16);
        else expect(read).toThrow(RangeError);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('prefixes', () => {
  test.each<[string, number[], number]>([
    ['10.1.1.1/24', [10, 1, 1, 1], 24],
    ['10.1.1.1', [10, 1, 1, 1], 32],
    ['0.0.0.0/0', [0, 0, 0, 0], 0],
    ['::1/128', [...new Uint8Array(15), 1], 128],
  ])('%s', (text, content, length) => {
    expect(parsePrefix(text)).toEqual({ bytes: Uint8Array.from(content), length });
  });

  test.each([
    ['1.2.3.4/33', "must have a prefix length from 0 to 32, not '1.2.3.4/33'"],
    ['::/129', "must have a prefix length from 0 to 128, not '::/129'"],
    ['1.2.3.4/', "must have a prefix length from 0 to 32, not '1.2.3.4/'"],
    ['1.2.3.4/024', "must have a prefix length from 0 to 32, not '1.2.3.4/024'"],
    ['1.2.3.4/-1', "must have a prefix length from 0 to 32, not '1.2.3.4/-1'"],
    ['1.2.3.4/8/8', "must have a prefix length from 0 to 32, not '1.2.3.4/8/8'"],
    ['1.2.3.4/255.0.0.0', "must have a prefix length from 0 to 32, not '1.2.3.4/255.0.0.0'"],
    ['10.1/16', "must be an IP address, not '10.1'"],
    ['/24', "must be an IP address, not ''"],
  ])('%s is none', (text, message) => {
    expect(thrownBy(() => parsePrefix(text))).toMatchObject({ name: 'RangeError', message });
  });

  test.each(['10.1.1.1/24', '10.1.1.1', '0.0.0.0/0', '2001:db8::1/64', '::1', '::/0'])(
    '%s is appended as parsed',
    (text) => {
      const prefix = parsePrefix(text);
      let length: number | undefined;

      const written = encoded((writer) => {
        writer.uint8(7);
        length = appendPrefix(writer, text);
      });

      expect(written).toEqual(bytes(7, prefix.bytes));
      expect(length).toBe(prefix.length);
    },
  );

  test.each(['1.2.3.4/33', '::/129', '1.2.3.4/024', '10.1/16', '1.2.3.4.5', '::1%lo/64', '/24', '', 7, null])(
    '%j is refused alike by both',
    (value) => {
      const refused = thrownBy(() => parsePrefix(value));

      const error = thrownBy(() => encoded((writer) => void appendPrefix(writer, value)));

      expect(refused).toBeInstanceOf(Error);
      expect(error).toEqual(refused);
      expect((error as Error).name).toBe((refused as Error).name);
    },
  );

  test.each([
    ['10.1.1.0/24', false],
    ['10.1.1.1/24', true],
    ['10.1.1.128/25', false],
    ['10.1.1.64/25', true],
    ['0.0.0.0/0', false],
    ['128.0.0.0/0', true],
    ['10.1.1.1/32', false],
    ['2001:db8::/32', false],
    ['2001:db8::1/64', true],
  ])('%s has bits set behind it: %p', (text, expected) => {
    const prefix = parsePrefix(text);

    expect(hasHostBits(prefix.bytes, 0, prefix.bytes.length, prefix.length)).toBe(expected);
  });

  test('are looked at where they lie', () => {
    const around = bytes(0xff, 10, 1, 0, 0, 0xff);

    expect(hasHostBits(around, 1, 5, 16)).toBe(false);
    expect(hasHostBits(around, 1, 5, 15)).toBe(true);
  });
});

describe('link-layer addresses', () => {
  test.each<[string, number[]]>([
    ['02:00:5e:10:00:ff', [2, 0, 0x5e, 0x10, 0, 0xff]],
    ['02:00:00:00:00:00:00:01', [2, 0, 0, 0, 0, 0, 0, 1]],
    ['7f', [0x7f]],
    ['192.0.2.1', [192, 0, 2, 1]],
    ['2001:db8::1', [0x20, 1, 0xd, 0xb8, ...new Uint8Array(11), 1]],
  ])('%s', (text, content) => {
    expect(parseLinkAddress(text)).toEqual(Uint8Array.from(content));
    expect(decoded(linkAddressType, Uint8Array.from(content))).toBe(text);
  });

  test('are read whatever the case', () => {
    expect(parseLinkAddress('AA:bb:Cc:00:11:22')).toEqual(bytes(0xaa, 0xbb, 0xcc, 0, 0x11, 0x22));
  });

  test('of any other length are octets', () => {
    expect(decoded(linkAddressType, bytes(1, 2, 3))).toBe('01:02:03');
    expect(decoded(linkAddressType, bytes())).toBe('');
  });

  test('of a link layer without addresses are none', () => {
    const write = (type: typeof linkAddressType, value: string) =>
      encoded((writer) => {
        type.encode(writer, value);
      });

    expect(write(optionalLinkAddressType, '')).toEqual(bytes());
    expect(write(optionalLinkAddressType, '7f')).toEqual(bytes(0x7f));
    expect(thrownBy(() => write(linkAddressType, ''))).toBeInstanceOf(RangeError);
  });

  test('of more bytes than any link layer has are none', () => {
    expect(parseLinkAddress(Array(32).fill('02').join(':'))).toHaveLength(32);
    expect(thrownBy(() => parseLinkAddress(Array(33).fill('02').join(':')))).toBeInstanceOf(RangeError);
  });

  test.each(['', '2', '2:0:0:0:0:1', '02-00-00-00-00-01', '02:00:00:00:00:0g', '02:00:00:00:00:01:'])(
    '%j is none',
    (text) => {
      expect(thrownBy(() => parseLinkAddress(text))).toMatchObject({
        name: 'RangeError',
        message: `must be a link-layer address such as 02:00:00:00:00:01, not '${text}'`,
      });
    },
  );
});

describe('octets of any number are hexadecimal, whatever else so many may be', () => {
  const write = (value: unknown) =>
    encoded((writer) => {
      hexOctetsType.encode(writer, value as string);
    });

  test.each<[string, number[]]>([
    ['', []],
    ['0a', [10]],
    ['0a:00:00:01', [10, 0, 0, 1]],
    ['02:00:5e:10:00:ff', [2, 0, 0x5e, 0x10, 0, 0xff]],
    ['20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:01', [0x20, 1, 0xd, 0xb8, ...new Uint8Array(11), 1]],
  ])('%j', (text, content) => {
    expect(write(text)).toEqual(Uint8Array.from(content));
    expect(decoded(hexOctetsType, Uint8Array.from(content))).toBe(text);
  });

  test.each(['10.0.0.1', '0', '00:', ':00', 7])('%j are none', (value) => {
    expect(thrownBy(() => write(value))).toMatchObject({
      message: `must be hexadecimal octets such as 00:1b:21, not ${typeof value === 'string' ? `'${value}'` : '7'}`,
    });
  });
});

describe('in attributes and structs', () => {
  test('the family chooses the attribute', () => {
    const remote = ipAddress(2, 17);
    const write = (address: string) =>
      encoded((writer) => {
        remote.encode(writer, address);
      });

    expect(remote.numbers).toEqual([2, 17]);
    expect(write('10.0.0.2')).toEqual(attribute(2, [10, 0, 0, 2]));
    expect(write('::2')).toEqual(attribute(17, new Uint8Array(15), 2));
  });

  test('an address of the other family does not fit a struct', () => {
    const write = (family: 'inet' | 'inet6', value: string) =>
      encoded((writer) => {
        ipOf(family).encode(writer, value);
      });

    expect(write('inet', '10.0.0.1')).toEqual(bytes(10, 0, 0, 1));
    expect(thrownBy(() => write('inet', '::1'))).toMatchObject({ message: "must be an IPv4 address, not '::1'" });
    expect(thrownBy(() => write('inet6', '1.2.3.4'))).toMatchObject({
      message: "must be an IPv6 address, not '1.2.3.4'",
    });
    expect(decoded(ipOf('inet'), bytes(10, 0, 0))).toBe('');
    expect(decoded(ipOf('inet'), bytes(10, 0, 0, 1, 9))).toBe('10.0.0.1');
  });

  test('families', () => {
    expect([familyOf(bytes(1, 2, 3, 4)), familyOf(new Uint8Array(16))]).toEqual(['inet', 'inet6']);
    expect([AF.inet, AF.inet6, AF.bridge].map(familyWord)).toEqual(['inet', 'inet6', 7]);
  });
});

import {
  attributes,
  attributesOfKinds,
  choice,
  field,
  member,
  message,
  nested,
  readOnly,
  struct,
  text,
  u16,
  u32,
  u8,
  uint16,
  uint32,
  uint8,
  pad,
  variantField,
  variants,
  type RowOf,
  type VariantOptions,
  type VariantRow,
  Writer,
} from '../../lib/codec';
import { whenNeeded } from '../../lib/when-needed';
import { amidst, ascii, attribute, bytes, encoded, thrownBy, u16 as u16bytes, u32 as u32bytes } from '../support/bytes';

// Queueing disciplines, a little: TCA_KIND and TCA_OPTIONS among the attributes of the message.
const NESTED = 0x8000;
const TCA = { KIND: 1, OPTIONS: 2, CHAIN: 11 } as const;
const tcmsg = struct({ family: uint8, pad: pad(3), index: uint32, handle: uint32 });
const fifo = struct({ limit: uint32 });
const qdiscKinds = variants({
  kind: text(TCA.KIND, 15),
  data: TCA.OPTIONS,
  kinds: {
    tbf: attributes({
      /** Bytes. */
      burst: u32(6),
      latency: u8(7),
      drops: readOnly(u32(8)),
    }),
    pfifo: fifo,
    netem: { ...struct({ delay: uint32, loss: uint32 }), isAlwaysSent: true },
    blackhole: attributes({}),
  },
});
const qdisc = message(tcmsg, { handle: member(tcmsg, 'handle'), chain: u32(TCA.CHAIN) }, { variants: qdiscKinds });

const write = (values: object, only?: ReadonlySet<string>) =>
  encoded((writer) => {
    qdisc.encode(writer, values, { only });
  }).subarray(tcmsg.size);

const header = bytes(new Uint8Array(8), u32bytes(7));

function read(...content: Uint8Array[]) {
  const { source, start, end } = amidst(bytes(header, ...content));
  return qdisc.decode(source, start, end);
}

const kind = (word: string) => attribute(TCA.KIND, ascii(`${word}\0`));

describe('in a message', () => {
  test('a kind’s attributes stand in one of its own, and are properties beside the others', () => {
    const content = bytes(
      attribute(TCA.CHAIN, u32bytes(5)),
      kind('tbf'),
      attribute(TCA.OPTIONS | NESTED, attribute(6, u32bytes(1600)), attribute(7, 50)),
    );

    expect(write({ burst: 1600, kind: 'tbf', chain: 5, latency: 50 })).toEqual(content);
    expect(read(content)).toEqual({ handle: 7, chain: 5, kind: 'tbf', burst: 1600, latency: 50 });
  });

  test('a kind whose data is a struct', () => {
    const content = bytes(kind('pfifo'), attribute(TCA.OPTIONS, u32bytes(100)));

    expect(write({ kind: 'pfifo', limit: 100 })).toEqual(content);
    expect(read(content)).toEqual({ handle: 7, kind: 'pfifo', limit: 100 });
  });

  test('the attribute is left out where it says nothing, unless the kernel asks for it', () => {
    expect(write({ kind: 'tbf' })).toEqual(kind('tbf'));
    expect(write({ kind: 'tbf', drops: 7 })).toEqual(kind('tbf'));
    expect(write({ kind: 'pfifo' })).toEqual(kind('pfifo'));
    expect(write({ kind: 'netem' })).toEqual(bytes(kind('netem'), attribute(TCA.OPTIONS, new Uint8Array(8))));
  });

  test('the kind may stand behind its data', () => {
    expect(read(attribute(TCA.OPTIONS, u32bytes(9)), kind('pfifo'))).toEqual({ handle: 7, kind: 'pfifo', limit: 9 });
  });

  test('a kind without a declaration has its bytes', () => {
    const content = bytes(kind('sfq'), attribute(TCA.OPTIONS, [1, 2, 3, 4]));

    expect(read(content)).toEqual({ handle: 7, kind: 'sfq', data: bytes(1, 2, 3, 4) });
    expect(write({ kind: 'sfq', data: bytes(1, 2, 3, 4) })).toEqual(content);
    expect(write({ kind: 'sfq' })).toEqual(kind('sfq'));
    expect(read(kind('constructor'), attribute(TCA.OPTIONS, 1))).toEqual({
      ...{ handle: 7, kind: 'constructor', data: bytes(1) },
    });
  });

  test('attributes that nobody knows are kept apart from those of the kind, and passed over in requests', () => {
    const row = read(attribute(9, 1), kind('tbf'), attribute(TCA.OPTIONS, attribute(9, 2)));

    expect(row).toMatchObject({
      unknownAttributes: [{ type: 9, data: bytes(1) }],
      unknownKindAttributes: [{ type: 9, data: bytes(2) }],
    });
    expect(write({ ...row, handle: undefined })).toEqual(kind('tbf'));
  });

  test('rows that come one after the other are each of their own kind', () => {
    const limits = [1, 2, 3, 4, 5, 6].map((limit) => read(kind('pfifo'), attribute(TCA.OPTIONS, u32bytes(limit))));

    expect(limits).toEqual([1, 2, 3, 4, 5, 6].map((limit) => ({ handle: 7, kind: 'pfifo', limit })));
  });

  test('only some of the properties', () => {
    const values = { kind: 'tbf', burst: 1, latency: 2, chain: 3 };

    expect(write(values, new Set(['chain']))).toEqual(attribute(TCA.CHAIN, u32bytes(3)));
    expect(write(values, new Set(['kind', 'latency']))).toEqual(
      bytes(kind('tbf'), attribute(TCA.OPTIONS | NESTED, attribute(7, 2))),
    );
    expect(write({ kind: 'pfifo', limit: 1 }, new Set(['kind']))).toEqual(kind('pfifo'));
  });

  test('a byte belongs to a property as the user wrote it', () => {
    const located = (values: object, offset: number) => {
      const content = bytes(header, write(values));
      const { source, start, end } = amidst(content);
      return qdisc.locate(source, start, end, start + offset);
    };

    expect(located({ kind: 'tbf', burst: 1 }, 8)).toBe('handle');
    expect(located({ kind: 'tbf', burst: 1 }, 17)).toBe('kind');
    expect(located({ kind: 'tbf', burst: 1 }, 21)).toBe('kind');
    expect(located({ kind: 'tbf', burst: 1 }, 28)).toBe('burst');
    expect(located({ kind: 'pfifo', limit: 1 }, 28)).toBe('limit');
    expect(located({ kind: 'abc', data: bytes(1) }, 24)).toBe('data');
    expect(located({ chain: 1, kind: 'tbf' }, 16)).toBe('chain');
  });

  test.each<[object, string]>([
    [{ kind: 5 }, 'kind: must be a string, not 5'],
    [{ kind: 'tbf', burst: -1 }, 'burst: must be a whole number from 0 to 4294967295, not -1'],
    [{ kind: 'tbf', brust: 1 }, "brust: is not a property known here: did you mean 'burst'?"],
    [{ kind: 'tbf', chian: 1 }, "chian: is not a property known here: did you mean 'chain'?"],
    [{ kind: 'tbf', limit: 1 }, "limit: is not for 'tbf': it belongs to pfifo"],
    [{ kind: 'tbf', data: bytes() }, 'data: is not a property known here'],
    [{ kind: 'pfifo', limit: 'x' }, "limit: must be a number, not 'x'"],
    [{ kind: 'pfifoo', limit: 1 }, "kind: 'pfifoo' has no declaration here: did you mean 'pfifo'?"],
    [{ kind: 'sfq', data: bytes(), limit: 1 }, "limit: 'sfq' has no declaration here, so its options are not known"],
    [{ kind: 'codel', chian: 1 }, "chian: is not a property known here: did you mean 'chain'?"],
    [{ kind: 'sfq', data: 5 }, 'data: must be a Uint8Array, not 5'],
    [{ burst: 1 }, "burst: is not for every kind: say kind: 'tbf' as well"],
    [{ chian: 1 }, "chian: is not a property known here: did you mean 'chain'?"],
  ])('%j is refused', (values, text) => {
    const error = thrownBy(() => write(values)) as Error;

    expect(error.message).toContain(text);
    expect(error).toHaveProperty('property', text.split(':')[0]);
  });

  test('a kind that has a property of everything’s is refused when it is first said', () => {
    const declare = (name: string) => () => {
      const odd = message(
        tcmsg,
        { handle: member(tcmsg, 'handle') },
        {
          variants: variants({ kind: text(1, 15), data: 2, kinds: { odd: attributes({ [name]: u8(1) }) } }),
        },
      );
      odd.encode(new Writer(), { kind: 'odd' } as object);
    };

    expect(declare('handle')).toThrow("kind 'odd' declares 'handle', which all kinds have already");
    expect(declare('kind')).toThrow("kind 'odd' declares 'kind', which all kinds have already");
    expect(declare('handel')).not.toThrow();
  });

  test('a kind is loaded when it is first said, and one that cannot be loaded is tried again', () => {
    const loaded: string[] = [];
    const kinds = whenNeeded({
      one: () => {
        loaded.push('one');
        if (loaded.length === 1) throw new Error('EMFILE');
        return attributes({ size: u8(1) });
      },
      other: () => {
        loaded.push('other');
        return attributes({ count: u8(1) });
      },
    });
    const thing = message(tcmsg, {}, { variants: variants({ kind: text(1, 15), data: 2, kinds }) });
    const write = (values: object) => {
      thing.encode(new Writer(), values);
    };
    expect(loaded).toEqual([]);

    expect(() => {
      write({ kind: 'one', size: 1 });
    }).toThrow('EMFILE');
    write({ kind: 'one', size: 1 });
    write({ kind: 'one', size: 2 });
    expect(loaded).toEqual(['one', 'one']);

    // To say which kind has it, all are looked at.
    expect(() => {
      write({ kind: 'one', count: 1 });
    }).toThrow("count: is not for 'one': it belongs to other");
    expect(loaded).toEqual(['one', 'one', 'other']);
  });
});

describe('in an object of its own, chosen by a number', () => {
  // RTA_ENCAP_TYPE and RTA_ENCAP, of which the kernel sends the second first.
  const RTA = { ENCAP_TYPE: 21, ENCAP: 22 } as const;
  const encapsulations = variants({
    kind: choice(RTA.ENCAP_TYPE, { mpls: 1, ip: 2 }, uint16),
    data: RTA.ENCAP,
    kinds: { ip: attributes({ id: u16(1), ttl: u8(4) }) },
    property: 'type',
  });
  const route = attributes({ encapsulation: variantField(encapsulations), metric: u32(3) });
  const type = (number: number) => attribute(RTA.ENCAP_TYPE, u16bytes(number));
  const data = attribute(RTA.ENCAP | NESTED, attribute(1, u16bytes(42)), attribute(4, 64));

  const writeRoute = (encapsulation: object) =>
    encoded((writer) => {
      route.encode(writer, { encapsulation } as Parameters<typeof route.encode>[1]);
    });
  const readRoute = (...content: Uint8Array[]) => {
    const { source, start, end } = amidst(bytes(...content));
    return route.decode(source, start, end);
  };

  test('in whichever order the two attributes come', () => {
    const encapsulation = { type: 'ip', id: 42, ttl: 64 };

    expect(writeRoute(encapsulation)).toEqual(bytes(type(2), data));
    expect(writeRoute({ ...encapsulation, type: 2 })).toEqual(bytes(type(2), data));
    expect(readRoute(type(2), data)).toEqual({ encapsulation });
    expect(readRoute(data, attribute(3, u32bytes(9)), type(2))).toEqual({ encapsulation, metric: 9 });
  });

  test('what has no declaration', () => {
    expect(readRoute(attribute(RTA.ENCAP, 1), type(1))).toEqual({ encapsulation: { type: 'mpls', data: bytes(1) } });
    expect(readRoute(type(9), attribute(RTA.ENCAP, 1))).toEqual({ encapsulation: { type: 9, data: bytes(1) } });
    expect(readRoute(type(9))).toEqual({ encapsulation: { type: 9 } });
    expect(writeRoute({ type: 'mpls', data: bytes(1) })).toEqual(bytes(type(1), attribute(RTA.ENCAP, 1)));
  });

  test('errors and places in it bear its name', () => {
    expect(thrownBy(() => writeRoute({ type: 'ip', ttl: -1 }))).toMatchObject({ property: 'encapsulation.ttl' });
    expect(thrownBy(() => writeRoute({ type: 'ipp' }))).toMatchObject({ property: 'encapsulation.type' });
    expect(thrownBy(() => writeRoute({ ttl: 1 }))).toMatchObject({ message: 'encapsulation.type: is missing' });
    expect(thrownBy(() => writeRoute(5 as unknown as object))).toMatchObject({ property: 'encapsulation' });

    const { source, start, end } = amidst(bytes(type(2), data));
    expect(route.locate?.(source, start, end, start + 4)).toBe('encapsulation.type');
    expect(route.locate?.(source, start, end, end - 4)).toBe('encapsulation.ttl');
  });
});

test('elements of a list, each of its own kind', () => {
  // NFTA_LIST_ELEM with NFTA_EXPR_NAME and NFTA_EXPR_DATA.
  const expressions = variants({
    kind: text(1, 31),
    data: 2,
    kinds: { meta: attributes({ key: u32(2) }), limit: attributes({ rate: u32(1) }) },
  });
  const element = attributesOfKinds({}, expressions);
  const one = field(1, element);
  const content = attribute(1, attribute(1, ascii('meta\0')), attribute(2 | NESTED, attribute(2, u32bytes(4))));

  expect(
    encoded((writer) => {
      one.encode(writer, { kind: 'meta', key: 4 });
    }),
  ).toEqual(content);
  const { source, start, end } = amidst(content.subarray(4));
  expect(element.decode(source, start, end)).toEqual({ kind: 'meta', key: 4 });
  expect(nested(1, element).decode(source, start, end, 1)).toEqual({ kind: 'meta', key: 4 });
});

test('types', () => {
  type Row = ReturnType<typeof qdisc.decode>;
  type Common = RowOf<typeof qdisc.fields>;
  const common: (row: Row) => Common = (row) => row;
  const burst = (row: Row): number | undefined => (row.kind === 'tbf' ? row.burst : undefined);
  const drops = (row: VariantRow<typeof qdiscKinds>) => row.kind === 'tbf' && row.drops;
  const other = (row: Row): Uint8Array | undefined => (row.kind === 'sfq' ? row.data : undefined);

  const options: VariantOptions<typeof qdiscKinds>[] = [
    { kind: 'tbf', burst: 1, latency: undefined },
    { kind: 'pfifo', limit: 5 },
    { kind: 'sfq', data: bytes() },
    // @ts-expect-error: of another kind.
    { kind: 'tbf', limit: 1 },
    // @ts-expect-error: read-only.
    { kind: 'tbf', drops: 1 },
    // @ts-expect-error: of another type.
    { kind: 'tbf', burst: 'x' },
    // @ts-expect-error: of no kind.
    { kind: 'tbf', brust: 1 },
  ];

  expect([common, burst, drops, other, options]).toHaveLength(5);
});

import { sourceOf } from '../../lib/codec';
import { HEADER_SIZE, NLM_F } from '../../lib/protocol/netlink';
import {
  decodeQdisc,
  deleteQdisc,
  listQdiscs,
  newQdisc,
  type QdiscSelection,
  type QdiscSelector,
  type QdiscOptions,
} from '../../lib/protocol/qdisc';
import { thrownBy } from '../support/bytes';
import { bytesOf, captured, captures, littleEndianTest, messageOf, type Shapes } from '../support/golden';

const TCMSG = 20;
const TCA = { KIND: 1, OPTIONS: 2 } as const;
/** Tables of how long packets of each size take, which old kernels asked for. */
const TCA_TBF = { PARMS: 1, RTAB: 2, PTAB: 3 } as const;
const NETEM_QOPT = 24;
const NETEM_LOSS = 5;

const all = captures('qdisc-requests');

function shapesOf(kind: string | undefined): Shapes {
  const plain = { [TCA.KIND]: 'text' } as const;
  if (kind === 'tbf') return { ...plain, [TCA.OPTIONS]: { inside: {} } };
  if (kind === 'netem') {
    return { ...plain, [TCA.OPTIONS]: { header: NETEM_QOPT, inside: { [NETEM_LOSS]: { inside: {} } } } };
  }
  return plain;
}

/**
 * Without the tables, and what belongs to them in the struct: cell_log and cell_align of both rates. Bursts in ticks, which iproute2 makes of
 * whole microseconds, are left out as well: the kernel takes those in bytes, which have attributes of their own.
 */
function withoutTables(message: ReturnType<typeof messageOf>) {
  const [options] = (message.attributes[TCA.OPTIONS] ?? []) as (Record<number, string[]> | undefined)[];
  if (typeof options !== 'object' || options[TCA_TBF.PARMS] === undefined) return message;
  const { [TCA_TBF.RTAB]: _table, [TCA_TBF.PTAB]: _peakTable, ...others } = options;
  const [parms = ''] = options[TCA_TBF.PARMS]!;
  const rate = (at: number) => `00${parms.slice(at + 2, at + 8)}0000${parms.slice(at + 12, at + 24)}`;
  return {
    ...message,
    attributes: {
      ...message.attributes,
      [TCA.OPTIONS]: [{ ...others, [TCA_TBF.PARMS]: [rate(0) + rate(24) + parms.slice(48, 56)] }],
    },
  };
}

describe('requests are those of iproute2', () => {
  const device = 3;

  /** Our request says what the captured one of the command says, and what is captured decodes to what was asked for. */
  function golden(command: string, qdisc: object, said: object = qdisc): void {
    const options = { device, ...qdisc } as QdiscOptions;
    littleEndianTest(command, () => {
      const request = newQdisc(options, command.includes(' replace ') ? 'replace' : 'add');
      const theirs = captured(all, command);
      const shapes = shapesOf(options.kind);

      const ours = withoutTables(messageOf(bytesOf(request), TCMSG, shapes));

      expect(ours).toEqual({
        ...withoutTables(messageOf(theirs, TCMSG, shapes)),
        flags: ours.flags,
      });
      expect(decodeQdisc(sourceOf(theirs), HEADER_SIZE, theirs.length)).toMatchObject(said);
    });
  }

  golden('tc qdisc add dev v0 root handle 1: tbf rate 8mbit burst 16kb latency 50ms', {
    ...{ kind: 'tbf', handle: '1:', rate: 8e6, burst: 16384, latency: 50 },
  });
  golden(
    'tc qdisc replace dev v0 root tbf rate 1gbit burst 64kb limit 100000 peakrate 2gbit mtu 1600',
    { kind: 'tbf', rate: 1e9, burst: 65536, limit: 100_000, peakRate: 2e9, peakBurst: 1600 },
    { kind: 'tbf', rate: 1e9, limit: 100_000, peakRate: 2e9 },
  );
  golden(
    'tc qdisc replace dev v0 root tbf rate 100gbit burst 1mb limit 1mb',
    { kind: 'tbf', rate: 100e9, burst: 1 << 20, limit: 1 << 20 },
    { kind: 'tbf', rate: 100e9, limit: 1 << 20 },
  );
  golden(
    'tc qdisc add dev v0 parent 1:1 handle 20: tbf rate 8mbit burst 16kb latency 50ms overhead 10 linklayer atm mpu 64',
    {
      ...{ kind: 'tbf', parent: '1:1', handle: '20:', rate: 8e6, burst: 16384, latency: 50 },
      ...{ overhead: 10, linkLayer: 'atm', minimumPacketUnit: 64 },
    },
    // The kernel counts a burst as it is on the wire, iproute2 does not.
    { kind: 'tbf', parent: '1:1', handle: '20:', rate: 8e6, overhead: 10, linkLayer: 'atm', minimumPacketUnit: 64 },
  );
  golden('tc qdisc replace dev v0 root netem delay 50ms 10ms loss 1%', {
    ...{ kind: 'netem', delay: 50, jitter: 10, loss: 1 },
  });
  golden(
    'tc qdisc add dev v0 root netem loss random 1% 50% duplicate 2% 10% reorder 5% 50% gap 3 corrupt 1% 5% delay 10ms ecn',
    {
      ...{ kind: 'netem', loss: 1, lossCorrelation: 50, duplicate: 2, duplicateCorrelation: 10, reorder: 5 },
      ...{ reorderCorrelation: 50, gap: 3, corrupt: 1, corruptCorrelation: 5, delay: 10, ecn: true },
    },
  );
  golden('tc qdisc add dev v0 root netem delay 10ms reorder 5%', { kind: 'netem', delay: 10, reorder: 5 });
  golden('tc qdisc add dev v0 root netem rate 1mbit 20 100 5', {
    ...{ kind: 'netem', rate: 1e6, packetOverhead: 20, cellSize: 100, cellOverhead: 5 },
  });
  golden('tc qdisc add dev v0 root netem rate 100gbit', { kind: 'netem', rate: 100e9 });
  golden('tc qdisc add dev v0 root netem loss gemodel 1% 10% 70% 0.1%', {
    kind: 'netem',
    lossGilbertElliot: { enterBad: 1, leaveBad: 10, lossInBad: 70, lossInGood: 0.1 },
  });
  golden('tc qdisc add dev v0 root netem loss state 1% 10% 70% 2% 3%', {
    kind: 'netem',
    lossStates: { p13: 1, p31: 10, p32: 70, p23: 2, p14: 3 },
  });
  golden('tc qdisc add dev v0 root netem slot 5ms 10ms packets 10 bytes 5000', {
    kind: 'netem',
    slot: { minimumDelay: 5, maximumDelay: 10, packets: 10, bytes: 5000 },
  });
  golden('tc qdisc add dev v0 root netem limit 500 delay 5000ms 1ms 25%', {
    ...{ kind: 'netem', limit: 500, delay: 5000, jitter: 1, delayCorrelation: 25 },
  });
  golden('tc qdisc add dev v0 root pfifo limit 100', { kind: 'pfifo', data: Uint8Array.of(100, 0, 0, 0) });
  golden('tc qdisc add dev v0 clsact', { kind: 'clsact' }, { kind: 'clsact', parent: 'ingress', handle: 'ffff:' });

  test.each([
    ['tc qdisc del dev v0 root', { device, parent: 'root' }],
    ['tc qdisc del dev v0 parent 1:1 handle 20:', { device, parent: '1:1', handle: '20:' }],
    ['tc qdisc del dev v0 root pfifo', { device, parent: 'root', kind: 'pfifo' }],
    ['tc qdisc del dev v0 root pfifo', { device, parent: 'root', kind: 'pfifo', data: Uint8Array.of(100, 0, 0, 0) }],
  ])('%s', (command, key) => {
    const theirs = messageOf(captured(all, command), TCMSG, shapesOf('pfifo'));
    expect(messageOf(bytesOf(deleteQdisc(key as QdiscSelector)), TCMSG, shapesOf('pfifo'))).toEqual({
      ...theirs,
      flags: theirs.flags | NLM_F.ACK,
    });
  });
});

function decoded(bytes: Uint8Array) {
  return decodeQdisc(sourceOf(bytes), HEADER_SIZE, bytes.length);
}

describe('a netem is given back as it is listed', () => {
  /** What the message of a request says, which is as the kernel's. */
  const listed = (options: object) => decoded(bytesOf(newQdisc({ device: 1, kind: 'netem', ...options }, 'add')));

  test.each<[options: object, row: object]>([
    [{ rate: 2 ** 53 - 1 }, { rate: 2 ** 53 }],
    [{ rate: 2 ** 53 }, { rate: 2 ** 53 }],
    [{ slot: { minimumDelay: 5 } }, { slot: { minimumDelay: 5, maximumDelay: 5, packets: 0, bytes: 0 } }],
    [{ jitter: 2147.483647, delayCorrelation: 0 }, { jitter: 2147.483647 }],
    [
      { loss: 1.2e-8, delay: 0.000001 },
      { loss: 2e-8, delay: 0.000001 },
    ],
    [{ loss: 0, lossStates: {} }, { lossStates: { p13: 0, p31: 0, p32: 0, p14: 0, p23: 0 } }],
    [{ gap: 5, slot: { distributionJitter: 1 } }, { gap: 5 }],
  ])('%j', (options, said) => {
    const row = listed(options);
    expect(row).toMatchObject(said);
    expect(listed(row)).toEqual(row);
  });

  test('two distributions of as many samples as there is room for, beside all else', () => {
    const options = {
      ...{ delay: 0.000001, jitter: 0.000001, delayCorrelation: 1, delayDistribution: new Int16Array(16_384) },
      ...{ loss: 1, duplicate: 1, reorder: 1, corrupt: 1, rate: 1e12, ecn: true, seed: 1n },
      ...{ slot: { distributionJitter: 1 }, slotDistribution: new Int16Array(16_256) },
    };
    expect(listed(options)).toMatchObject({ seed: 1n, rate: 1e12 });
  });

  littleEndianTest('without what has no effect, which kernels keep', () => {
    // tc qdisc add dev v0 root netem delay 10ms reorder 5%, with a percentage of correlation wherever there is one.
    const bytes = bytesOf(
      newQdisc(
        {
          ...{ device: 1, kind: 'netem', delay: 10, jitter: 1, delayCorrelation: 1, loss: 1, lossCorrelation: 1 },
          ...{ rate: 1e6, packetOverhead: 4, cellSize: 48, cellOverhead: 5, reorder: 1, gap: 2 },
        },
        'add',
      ),
    );
    const { view } = sourceOf(bytes);
    const header = Buffer.from(bytes).indexOf('netem') + 12;
    // Neither delay, jitter nor loss, and no rate.
    for (const at of [0, 8, 20]) view.setUint32(header + at, 0, true);
    const rate = Buffer.from(bytes).indexOf(Uint8Array.of(20, 0, 6, 0));
    view.setUint32(rate + 4, 0, true);

    expect(decoded(bytes)).toEqual({
      ...{ device: 1, kind: 'netem', handle: '0:', parent: 'root', references: 0, limit: 1000 },
    });
  });
});

describe('a tbf of which the kernel does not tell all', () => {
  test.each<[name: string, payload: number[], row: object]>([
    ['nothing', [], {}],
    ['its rate alone', [12, 0, 4, 0, 0, 0, 0, 0, 2, 0, 0, 0], { rate: 2 ** 36 }],
    ['its burst alone', [8, 0, 6, 0, 5, 0, 0, 0], { burst: 5 }],
  ])('has %s', (_, payload, said) => {
    const kind = [8, 0, TCA.KIND, 0, ...Buffer.from('tbf\0')];
    const bytes = Uint8Array.of(
      ...Array<number>(TCMSG).fill(0),
      ...kind,
      4 + payload.length,
      0,
      TCA.OPTIONS,
      0,
      ...payload,
    );

    const {
      kind: _kind,
      device: _device,
      handle: _handle,
      parent: _parent,
      references: _references,
      ...row
    } = decodeQdisc(sourceOf(bytes), 0, bytes.length);

    expect(row).toEqual(said);
  });
});

describe('a bad argument is refused before it is sent', () => {
  const tbf = { device: 1, kind: 'tbf', rate: 8e6, burst: 16384, latency: 50 };
  const netem = { device: 1, kind: 'netem' };

  test.each<[name: string, qdisc: object, message: string]>([
    ['TypeError', { kind: 'pfifo' }, 'device: must be the name or index of a link, not undefined'],
    ['TypeError', { device: 1 }, 'kind: must be the kind of a qdisc, such as tbf, not undefined'],
    ['RangeError', { ...tbf, handle: '1' }, "handle: must be like '1:', without a minor number, not '1'"],
    ['RangeError', { ...tbf, rate: 1 }, 'rate: must be 8 bits a second or more, not 1'],
    ['TypeError', { ...tbf, rate: undefined }, 'rate: must be a number of bits a second, not undefined'],
    ['TypeError', { ...tbf, burst: undefined }, 'burst: must be a number of bytes, not undefined'],
    ['TypeError', { device: 1, kind: 'tbf' }, 'rate: must be a number of bits a second, not undefined'],
    ['RangeError', { ...tbf, limit: 5 }, 'latency: says another size than limit: 66384 bytes. Leave one of them out'],
    ['TypeError', { ...tbf, latency: undefined }, 'latency: must be a number of milliseconds, or limit one of bytes'],
    ['TypeError', { ...tbf, peakRate: 9e6 }, 'peakBurst: must stand beside the other of peakRate and peakBurst'],
    ['RangeError', { ...tbf, latency: -1 }, 'latency: must be from 0 to 4294967295000 milliseconds, not -1'],
    ['RangeError', { ...tbf, delay: 5 }, "delay: is not for 'tbf': it belongs to netem"],
    ['RangeError', { ...netem, loss: 101 }, 'loss: must be from 0 to 100 percent, not 101'],
    ['TypeError', { ...netem, delay: '50ms' }, "delay: must be a number of milliseconds, not '50ms'"],
    ['RangeError', { ...netem, jittr: 5 }, "jittr: is not a property known here: did you mean 'jitter'?"],
    [
      'RangeError',
      { ...netem, slot: { minimumDelay: 10, maximumDelay: 5 } },
      'slot.maximumDelay: must be at least minimumDelay, not 5',
    ],
    ['TypeError', { ...netem, slot: 5 }, 'slot: must be an object, not 5'],
    ['TypeError', { ...netem, seed: 5 }, 'seed: must be a bigint, not 5'],
    [
      'RangeError',
      { ...netem, lossGilbertElliot: { lossInBad: 200 } },
      'lossGilbertElliot.lossInBad: must be from 0 to 100 percent, not 200',
    ],
  ])('%s %j', (name, qdisc, message) => {
    expect(thrownBy(() => bytesOf(newQdisc(qdisc as QdiscOptions, 'add')))).toMatchObject({ name, message });
  });

  test.each(['root', 'ingress', '1', '1:5', 0x10005])('a handle is not %j', (handle) => {
    expect(thrownBy(() => bytesOf(newQdisc({ device: 1, kind: 'pfifo', handle }, 'add')))).toMatchObject({
      message: `handle: must be like '1:', without a minor number, not ${typeof handle === 'string' ? `'${handle}'` : '65541'}`,
    });
  });

  test.each(['1:', '1:0', 'FFFF:', '0:', 0x10000])('a handle is %j', (handle) => {
    bytesOf(newQdisc({ device: 1, kind: 'pfifo', handle }, 'add'));
  });

  test('sizes are numbers of bytes', () => {
    const tbf = { device: 1, kind: 'tbf', rate: 8e6, burst: 16384, limit: 1e5 } as const;
    for (const name of ['burst', 'limit']) {
      expect(thrownBy(() => bytesOf(newQdisc({ ...tbf, [name]: '16kb' }, 'add')))).toMatchObject({
        message: `${name}: must be a number of bytes, not '16kb'`,
      });
    }
  });

  test.each<[name: string, qdisc: object, message: string]>([
    // What the kernel would decide between.
    ['RangeError', { loss: 1, lossStates: { p13: 1 } }, 'loss: cannot be combined with lossStates'],
    ['RangeError', { loss: 1, lossGilbertElliot: { enterBad: 1 } }, 'loss: cannot be combined with lossGilbertElliot'],
    [
      'RangeError',
      { lossGilbertElliot: { enterBad: 1 }, lossStates: { p13: 1 } },
      'lossStates: cannot be combined with lossGilbertElliot',
    ],
    // What says nothing alone.
    ['TypeError', { delay: 10, delayCorrelation: 25 }, 'delayCorrelation: needs jitter'],
    ['TypeError', { delay: 10, delayDistribution: Int16Array.of(1) }, 'delayDistribution: needs jitter'],
    ['TypeError', { lossCorrelation: 25 }, 'lossCorrelation: needs loss'],
    ['TypeError', { loss: 0, lossCorrelation: 25 }, 'lossCorrelation: needs loss'],
    ['TypeError', { lossStates: { p13: 1 }, lossCorrelation: 25 }, 'lossCorrelation: needs loss'],
    ['TypeError', { duplicateCorrelation: 25 }, 'duplicateCorrelation: needs duplicate'],
    ['TypeError', { gap: 5, delay: 1, reorderCorrelation: 25 }, 'reorderCorrelation: needs reorder'],
    ['TypeError', { corruptCorrelation: 25 }, 'corruptCorrelation: needs corrupt'],
    ['TypeError', { reorder: 5 }, 'reorder: needs delay, jitter, rate or slot'],
    ['TypeError', { gap: 5 }, 'gap: needs delay, jitter, rate or slot'],
    ['TypeError', { packetOverhead: 20 }, 'packetOverhead: needs rate'],
    ['TypeError', { cellSize: 48 }, 'cellSize: needs rate'],
    ['TypeError', { rate: 1e6, cellOverhead: 5 }, 'cellOverhead: needs cellSize'],
    ['TypeError', { ecn: true }, 'ecn: needs loss, lossStates or lossGilbertElliot'],
    ['TypeError', { slotDistribution: Int16Array.of(1) }, 'slotDistribution: needs slot'],
    ['TypeError', { slot: { packets: 10 } }, 'slot: needs minimumDelay, maximumDelay or distributionJitter'],
    // What has no properties.
    ['TypeError', { lossStates: new Map() }, 'lossStates: must be an object, not Map(0) {}'],
    ['TypeError', { lossGilbertElliot: [] }, 'lossGilbertElliot: must be an object, not []'],
    ['TypeError', { slot: [] }, 'slot: must be an object, not []'],
    ['TypeError', { slot: null }, 'slot: must be an object, not null'],
    // What would become none, or less.
    ['RangeError', { loss: 1e-10 }, 'loss: must be 0 percent or at least 1.2e-8, not 1e-10'],
    [
      'RangeError',
      { lossGilbertElliot: { lossInBad: 1e-10 } },
      'lossGilbertElliot.lossInBad: must be 0 percent or at least 1.2e-8, not 1e-10',
    ],
    ['RangeError', { delay: 1e-7 }, 'delay: must be 0 milliseconds or at least 0.000001, not 1e-7'],
    [
      'RangeError',
      { slot: { minimumDelay: 1e-7 } },
      'slot.minimumDelay: must be 0 milliseconds or at least 0.000001, not 1e-7',
    ],
    ['RangeError', { jitter: 5000 }, 'jitter: must be from 0 to 2147.483647 milliseconds, not 5000'],
    [
      'RangeError',
      { slot: { distributionJitter: 5000 } },
      'slot.distributionJitter: must be from 0 to 2147.483647 milliseconds, not 5000',
    ],
    ['RangeError', { rate: Infinity }, 'rate: must be at most 72057594037927930 bits a second, not Infinity'],
    [
      'RangeError',
      {
        ...{ jitter: 1, delayDistribution: new Int16Array(16_384) },
        ...{ slot: { distributionJitter: 1 }, slotDistribution: new Int16Array(16_384) },
      },
      'slotDistribution: must have, together with those, at most 32640 samples, not 16384 beside 16384 of delayDistribution',
    ],
  ])('%s of a netem %j', (name, options, message) => {
    const qdisc = { ...netem, ...options } as QdiscOptions;
    expect(thrownBy(() => bytesOf(newQdisc(qdisc, 'add')))).toMatchObject({
      ...{ name, message },
      property: message.slice(0, message.indexOf(':')),
    });
  });

  test('to delete names one of a link', () => {
    for (const key of [{ device: 1 }, { device: 1, handle: '1:' }, { device: 1, parent: 'none' }] as QdiscSelector[]) {
      expect(thrownBy(() => bytesOf(deleteQdisc(key)))).toMatchObject({ name: 'TypeError', property: 'parent' });
    }
  });

  test('a filter names what is none', () => {
    expect(thrownBy(() => listQdiscs({ family: 4 } as QdiscSelection))).toMatchObject({ property: 'family' });
    expect(thrownBy(() => listQdiscs({ rate: 4 } as QdiscSelection))).toMatchObject({ property: 'rate' });
  });
});

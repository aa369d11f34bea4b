import fs from 'node:fs';
import { once } from 'node:events';
import { promisify } from 'node:util';

import { createNamespace, type NetworkNamespace, type Tap, type TapOptions } from '../../lib';
import { describeKernel, feature } from '../support/kernel';
import { ip, run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const read = promisify(fs.read);
const write = promisify(fs.write);
const FIRST = '10.7.0.1';
const SECOND = '10.7.0.2';
const MAC = '02:00:00:00:00:02';
const IPV4 = 0x0800;
/** Bytes before the payload of a UDP datagram in a frame: Ethernet, IPv4, UDP. */
const HEADERS = 14 + 20 + 8;

const tun = feature('TUN devices', 'test -c /dev/net/tun; ip tuntap add dev t0 mode tap');

function close({ fds }: Tap): void {
  for (const fd of fds) fs.closeSync(fd);
}

/** A frame that the device sent, if there is one. */
async function readFrame(fd: number): Promise<Buffer | undefined> {
  try {
    const { bytesRead, buffer } = await read(fd, Buffer.alloc(2048), 0, 2048, null);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    return undefined;
  }
}

/** The next frame of IPv4 that the device sent; others, of IPv6, are passed over. */
async function nextIpv4(fd: number): Promise<Buffer> {
  for (;;) {
    const frame = await readFrame(fd);
    if (frame?.readUInt16BE(12) === IPV4) return frame;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What `ip -j -d tuntap` lists, which looks for it in the files of /sys. */
async function tuntap(namespace: Held): Promise<Row[]> {
  const line = 'mount -t sysfs none /sys && ip -j -d tuntap';
  const text = await run(namespace, 'unshare', ['--mount', 'sh', '-ec', line]);
  return text.trim() === '' ? [] : (JSON.parse(text) as Row[]);
}

/** Gives a device an address, and an entry for its only neighbor, which is this program. */
async function furnish(namespace: NetworkNamespace, device: string): Promise<void> {
  await Promise.all([
    namespace.sysctl.set(`net.ipv6.conf.${device}.disable_ipv6`, 1),
    namespace.links.set(device, { up: true }),
    namespace.addresses.add(device, `${FIRST}/24`),
    namespace.neighbors.add({ device, destination: SECOND, linkLayerAddress: MAC, state: 'permanent' }),
  ]);
}

describeKernel('a TAP device', [tun], () => {
  test('sends frames to its descriptor, and receives those that are written there', async () => {
    await using namespace = await scratchNamespace();
    const tap = await namespace.openTap({ name: 'vm0' });
    try {
      await furnish(namespace, 'vm0');
      const socket = await namespace.createSocket({ type: 'udp4', address: FIRST, port: 4000 });
      try {
        const reading = nextIpv4(tap.fds[0]!);
        socket.send('question', 4001, SECOND);
        const frame = await reading;

        expect(frame.subarray(HEADERS).toString()).toBe('question');
        expect(frame.subarray(0, 6).toString('hex')).toBe(MAC.replaceAll(':', ''));
        const answered = once(socket, 'message');
        await write(tap.fds[0]!, answerTo(frame, 'answer..'));
        const [message] = (await answered) as [Buffer];
        expect(message.toString()).toBe('answer..');
      } finally {
        socket.close();
      }
    } finally {
      close(tap);
    }
  });

  test('ends with its last descriptor', async () => {
    await using namespace = await scratchNamespace();

    const tap = await namespace.openTap({ queues: 2 });

    expect(tap.name).toBe('tap0');
    expect(tap.fds).toHaveLength(2);
    const [link] = await ip(namespace, 'link show tap0');
    expect(link).toMatchObject({
      ifindex: tap.index,
      linkinfo: { info_kind: 'tun', info_data: { type: 'tap', multi_queue: true } },
    });
    close(tap);
    await expect(namespace.links.get('tap0')).rejects.toMatchObject({ code: 'ENODEV' });
  });

  test('that is persistent stays, as `ip tuntap` lists it, and is opened again', async () => {
    await using namespace = await scratchNamespace();

    close(await namespace.openTap({ name: 'vm%d', persistent: true, owner: 1000, group: 100, vnetHeader: 12 }));

    const [listed] = await tuntap(namespace);
    expect(listed).toMatchObject({ ifname: 'vm0', flags: ['tap', 'vnet_hdr', 'persist'], user: 1000, group: 100 });
    const again = await namespace.openTap({ name: 'vm0', vnetHeader: true });
    expect(again.name).toBe('vm0');
    close(again);
    await namespace.links.delete('vm0');
    expect(await tuntap(namespace)).toEqual([]);
  });

  test('has its turn among what is asked in the same tick', async () => {
    await using namespace = await scratchNamespace();

    const [, tap] = await Promise.all([
      namespace.links.add({ kind: 'bridge', name: 'br0' }),
      namespace.openTap({ name: 'vm0' }),
      namespace.links.set('vm0', { master: 'br0', up: true }),
    ]);

    const [link] = await ip(namespace, 'link show vm0');
    close(tap);
    expect(link).toMatchObject({ master: 'br0', linkinfo: { info_slave_kind: 'bridge' } });
  });

  test('that cannot be opened leaves nothing', async () => {
    await using namespace = await scratchNamespace();
    const tap = await namespace.openTap({ name: 'vm0' });
    const before = fs.readdirSync('/proc/self/fd').length;

    await expect(namespace.openTap({ name: 'vm0' })).rejects.toMatchObject({ code: 'EBUSY', subject: "tap 'vm0'" });
    await expect(namespace.openTap({ name: 'lo' })).rejects.toMatchObject({ code: 'EINVAL' });

    expect(fs.readdirSync('/proc/self/fd').length).toBe(before);
    expect((await ip(namespace, 'link')).map(({ ifname }) => ifname)).toEqual(['lo', 'vm0']);
    close(tap);
  });

  test('is opened in a furnishing when that has succeeded', async () => {
    const opening: Promise<Tap>[] = [];
    await using namespace = await createNamespace(undefined, (inside) => {
      opening.push(inside.openTap({ name: 'vm0' }));
      return [inside.links.set('lo', { up: true })];
    });

    const tap = await opening[0]!;

    expect(await ip(namespace, 'link show vm0')).toHaveLength(1);
    close(tap);
  });

  test.each([
    ['queues', { queues: 0 }],
    ['queues', { queues: 257 }],
    ['name', { name: 'a/b' }],
    ['name', { name: 'a%d%d' }],
    ['name', { name: 'a%s' }],
    ['name', { name: 'much-too-long-a-name' }],
    ['vnetHeader', { vnetHeader: 11 as 10 }],
    ['owner', { owner: -1 }],
    ['persist', { persist: true } as TapOptions],
  ])('refuses a wrong %s: %j', async (property, options) => {
    await using namespace = await scratchNamespace();

    await expect(namespace.openTap(options)).rejects.toMatchObject({ property });
  });
});

/** A frame that goes back to where another came from, with as many bytes of payload; without a checksum, which UDP does not need. */
function answerTo(frame: Buffer, payload: string): Buffer {
  const answer = Buffer.from(frame);
  frame.copy(answer, 0, 6, 12);
  frame.copy(answer, 6, 0, 6);
  frame.copy(answer, 26, 30, 34);
  frame.copy(answer, 30, 26, 30);
  frame.copy(answer, 34, 36, 38);
  frame.copy(answer, 36, 34, 36);
  answer.writeUInt16BE(0, 40);
  answer.write(payload, HEADERS);
  return answer;
}

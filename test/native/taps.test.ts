import { closeSync, read, writeSync } from 'node:fs';
import { promisify } from 'node:util';

import type { Handle } from '../../lib/native';
import { native, operate, takeId } from '../../lib/transport/runtime';
import { bytes } from '../support/bytes';
import { describeKernel, feature } from '../support/kernel';
import { ip, run } from '../support/oracle';
import { netfilter, scratchPlace, values, type Place } from '../support/operations';
import { lastFound } from '../support/until';

const VNET_HEADER = 0x4000;

interface Options {
  flags?: number;
  queues?: number;
  owner?: number;
  headerSize?: number;
  persistent?: boolean;
}

async function openTap(place: Place, name: string, options: Options = {}) {
  const { flags = 0, queues = 1, owner = -1, headerSize = 0, persistent = false } = options;
  const handle: Handle = takeId();
  const outcome = await operate(
    (addon, id) => {
      addon.openTap(id, place.namespace, name, flags, queues, owner, -1, headerSize, persistent);
    },
    undefined,
    handle,
  );
  const [index] = values(outcome);
  return { handle, index, name: Buffer.from(outcome.data!).toString() };
}

/** A frame that asks whose 10.0.0.1 is, from 10.0.0.2. */
const question = bytes(
  ...[
    [255, 255, 255, 255, 255, 255],
    [2, 0, 0, 0, 0, 2],
    [8, 6],
  ],
  ...[
    [0, 1, 8, 0, 6, 4, 0, 1],
    [2, 0, 0, 0, 0, 2],
    [10, 0, 0, 2],
    [0, 0, 0, 0, 0, 0],
    [10, 0, 0, 1],
  ],
);

describeKernel('a TAP device', [feature('TAP devices', 'ip tuntap add tap0 mode tap')], () => {
  test('carries frames between its descriptor and the namespace', async () => {
    using place = await scratchPlace(netfilter);
    const { handle, index, name } = await openTap(place, 'tap%d');
    const [fd = -1, ...others] = native().takeDescriptors(handle);
    await run(place, 'ip', ['link', 'set', name, 'up']);
    await run(place, 'ip', ['address', 'add', '10.0.0.1/24', 'dev', name]);

    writeSync(fd, question);
    const frame = await reply(fd);

    expect([name, ...others]).toEqual(['tap0']);
    expect([...frame.subarray(28, 32)]).toEqual([10, 0, 0, 1]);
    expect(await ip(place, `link show ${name}`)).toMatchObject([
      { ifindex: index, linkinfo: { info_kind: 'tun', info_data: { type: 'tap', pi: false } } },
    ]);
    closeSync(fd);
    await expect(ip(place, `link show ${name}`)).rejects.toThrow('does not exist');
  });

  test('has what was asked for', async () => {
    using place = await scratchPlace(netfilter);
    const { handle, name } = await openTap(place, 'blue', {
      flags: VNET_HEADER,
      queues: 3,
      owner: 65534,
      headerSize: 12,
      persistent: true,
    });
    const descriptors = native().takeDescriptors(handle);

    const [link] = await ip(place, `link show ${name}`);

    expect(descriptors).toHaveLength(3);
    expect(link).toMatchObject({
      linkinfo: { info_data: { vnet_hdr: true, multi_queue: true, numqueues: 3, persist: true } },
    });
    for (const fd of descriptors) closeSync(fd);
    expect(await tuntap(place)).toMatch(/^blue: tap multi_queue vnet_hdr persist user 65534/);
  });

  test('that was deleted is not read any more', async () => {
    using place = await scratchPlace(netfilter);
    const { handle, name } = await openTap(place, 'tap0');
    const [fd = -1] = native().takeDescriptors(handle);
    await run(place, 'ip', ['link', 'delete', name]);

    // EBADFD, of which Node has no name.
    await expect(promisify(read)(fd, new Uint8Array(2048), 0, 2048, null)).rejects.toMatchObject({ errno: -77 });
    closeSync(fd);
  });

  test('ends with its handle where nobody takes the descriptors', async () => {
    using place = await scratchPlace(netfilter);
    const { handle, name } = await openTap(place, '');

    expect(await tuntap(place)).toMatch(/^tap0: tap/);
    native().close(handle);

    expect(native().takeDescriptors(handle)).toEqual([]);
    const listed = await lastFound(
      () => tuntap(place),
      (found) => found === '',
    );
    expect([name, listed]).toEqual(['tap0', '']);
  });
});

/** What `ip -d tuntap` lists, which reads /sys of the namespace. */
const tuntap = (place: Place) =>
  run(place, 'unshare', ['--mount', 'sh', '-c', 'mount -t sysfs none /sys && ip -d tuntap']);

/** For `catch`: in place of a failure of this code, another result. */
const ignoring =
  <Result>(code: string, otherwise: Result) =>
  (error: NodeJS.ErrnoException): Result => {
    if (error.code !== code) throw error;
    return otherwise;
  };

const isReply = (frame: Uint8Array) => frame[12] === 8 && frame[13] === 6 && frame[21] === 2;

/** The first frame that answers. */
async function reply(fd: number): Promise<Uint8Array> {
  for (;;) {
    const frame = new Uint8Array(2048);
    const reading = promisify(read)(fd, frame, 0, frame.length, null);
    const { bytesRead } = await reading.catch(ignoring('EAGAIN', { bytesRead: 0 }));
    if (isReply(frame)) return frame.subarray(0, bytesRead);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

import { checkInteger, checkLinkName, checkText, decodeText, LONGEST_LINK_NAME, sourceOf } from '../codec';
import { ERRNO } from '../errno';
import { NamespaceError, show, wrongType, wrongValue } from '../errors';
import { checkedOptions, checkSwitch, type Checks } from '../options';
import { native } from '../transport/runtime';
import type { NamespaceHandle } from '../namespace/handle';

/** A TAP device to be opened: a link whose other end is in this program. */
export interface TapOptions {
  /** Its name, or a pattern of which the kernel makes one: 'vm%d'. 'tap%d' by default. */
  name?: string | undefined;
  /** How many descriptors it has, each a queue, of which the kernel chooses by flow: 1 to 256. 1 by default. IFF_MULTI_QUEUE. */
  queues?: number | undefined;
  /**
   * Whether a `virtio_net_hdr` stands before each frame, and how many bytes it has: true is 10, a virtual machine of virtio 1.0 takes 12. Not by
   * default. IFF_VNET_HDR, TUNSETVNETHDRSZ.
   */
  vnetHeader?: boolean | 10 | 12 | 20 | 24 | undefined;
  /** The user that may open it as well, by number, if it lasts. TUNSETOWNER. */
  owner?: number | undefined;
  /** The group that may open it as well, by number, if it lasts. TUNSETGROUP. */
  group?: number | undefined;
  /** Whether it lasts when its descriptors are closed, until `links.delete`. Not by default. TUNSETPERSIST. */
  persistent?: boolean | undefined;
}

/** A TAP device that is open. */
export interface Tap {
  /** Its name. */
  name: string;
  /** Its index. */
  index: number;
  /**
   * A descriptor for each queue, which are the caller's: `fs.read` gives one frame that was sent by the device, `fs.write` has it receive
   * one. They are non-blocking: a read that finds no frame fails with EAGAIN, and is to be tried again later. `fs.close` of the last ends
   * the device, unless it is persistent.
   */
  fds: number[];
}

const IFF = { MULTI_QUEUE: 0x0100, VNET_HDR: 0x4000 } as const;
const DEFAULT_NAME = 'tap%d';
const MOST_QUEUES = 256;
const HEADER_SIZES: readonly unknown[] = [10, 12, 20, 24];
const LARGEST_ID = 0xfffffffe;
/** For the addon: nobody. */
const NOBODY = -1;

const checkId = (value: unknown) => {
  checkInteger(value, 0, LARGEST_ID);
};

const checks: Checks<TapOptions> = {
  name: checkTapName,
  queues(value) {
    checkInteger(value, 1, MOST_QUEUES);
  },
  vnetHeader(value) {
    if (typeof value === 'boolean' || HEADER_SIZES.includes(value)) return;
    const reason = `must be true, false, or a size in bytes: ${HEADER_SIZES.join(', ')}; not ${show(value)}`;
    throw typeof value === 'number' ? wrongValue(reason) : wrongType(reason);
  },
  owner: checkId,
  group: checkId,
  persistent: checkSwitch,
};

/** A name of a link in which '%d' may stand once. */
function checkTapName(value: unknown): void {
  checkText(value, LONGEST_LINK_NAME);
  const name = (value as string).replace('%d', '0');
  if (name.includes('%')) throw wrongValue(`must have no '%' but one '%d', not ${show(value)}`);
  checkLinkName(name, LONGEST_LINK_NAME);
}

/** Opens a TAP device in a namespace. Rejects with a NamespaceError. */
export async function openTap(handle: NamespaceHandle, given: TapOptions): Promise<Tap> {
  const {
    name = DEFAULT_NAME,
    queues = 1,
    vnetHeader = false,
    persistent = false,
    ...ids
  } = checkedOptions(given, checks, "{ name: 'tap0' }");
  const { owner = NOBODY, group = NOBODY } = ids;
  const flags = (queues > 1 ? IFF.MULTI_QUEUE : 0) | (vnetHeader === false ? 0 : IFF.VNET_HDR);
  const headerSize = typeof vnetHeader === 'number' ? vnetHeader : 0;
  let operation = 0;
  const {
    errno,
    call = 'ioctl',
    data,
    values,
  } = await handle.inOrder((addon, id, namespace) => {
    operation = id;
    addon.openTap(id, namespace, name, flags, queues, owner, group, headerSize, persistent);
  });
  if (errno !== 0) {
    const needs = errno === ERRNO.EPERM ? ({ needs: 'CAP_NET_ADMIN' } as const) : {};
    const isTaken = errno === ERRNO.EINVAL && call === 'TUNSETIFF' && given.name !== undefined;
    const told = isTaken ? { property: 'name', reason: 'a link of another kind has this name, or other options' } : {};
    throw new NamespaceError({
      errno,
      syscall: call,
      subject: `tap '${name}'`,
      where: handle.where,
      ...needs,
      ...told,
    });
  }
  const { bytes, view } = sourceOf(data!);
  return {
    name: decodeText({ bytes, view }, 0, bytes.length),
    index: values[0]!,
    fds: native().takeDescriptors(operation),
  };
}

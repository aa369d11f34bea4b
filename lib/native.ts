import type bindings from 'bindings';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { checkSystem, placesFor, platform } from './binary';
import { whenNeeded } from './when-needed';

/**
 * The typed face of the addon, and the only file that loads it.
 *
 * The addon knows system calls, threads, `nlmsghdr`, `nlmsgerr` and sequence numbers; attributes, link kinds and
 * addresses are known to TypeScript alone. Numbers and ArrayBuffers cross the border; objects and errors are made here.
 */

/**
 * What the addon holds, a namespace, a netlink socket or a socket that nobody took yet, by the number of the operation that made it. Those of
 * `openNamespace`, `adoptNamespace`, `createNamespace` (both), `openNetlink` and `adoptNetlink` can be used at once: what is asked of them waits.
 *
 * What is asked of one namespace is done in the order in which it is asked for: `send`, `dump`, `readFile`, `writeFiles`, `readDirectory`,
 * `keepNamespace`, `openNetlink`. A netlink socket that is not `inOrder` is opened in that order, and used beside it: what it is
 * asked is done in the order of its own, and no other is opened in its place where it fails: EBADF of 'socket'.
 */
export type Handle = number;

/** A directory whose contents depend on the namespace. Paths are below it, and lead nowhere else. */
export const FileRoot = { procNet: 0, sysctl: 1, classNet: 2 } as const;
export type FileRoot = (typeof FileRoot)[keyof typeof FileRoot];

/** The results that an operation hands back; which numbers, each method of {@link NativeRuntime} says. */
export type NativeValues = readonly number[];

export interface NativeCallbacks {
  /**
   * An operation ended; called exactly once for each. `errno` is 0 on success, else `call` names the system call that
   * failed ('unshare', 'sendmsg' ...).
   */
  settled(
    id: number,
    errno: number,
    call: string | undefined,
    data: ArrayBuffer | undefined,
    ...values: NativeValues
  ): void;
  /**
   * A dump or a subscription produced whole netlink messages, one behind the other. Answer with
   * {@link NativeRuntime.resume}.
   */
  chunk(id: number, data: ArrayBuffer): void;
}

/**
 * The operations of the addon. Each takes the caller's number for it first and ends in `settled`; all but `close`,
 * `closeNetlink`, `resume`, `cancel`, `keepAlive`, `lendSocket`, `giveSocket` and `takeDescriptors` run on the addon's own threads.
 */
export interface NativeRuntime {
  /**
   * Opens the file of a namespace, or that to which a symbolic link leads. Values: handle, fd, device, inode. ESTALE of 'open' if it
   * is another namespace than that of `device` and `inode`.
   */
  openNamespace(id: number, file: string, device?: number, inode?: number): void;
  /** Duplicates an fd of a namespace that the caller keeps. Values as of `openNamespace`. */
  adoptNamespace(id: number, fd: number): void;
  /**
   * Opens a namespace on the calling thread, by a file: ESTALE if it is another one than that of `device` and `inode`. Gives its
   * descriptor, which lasts until `close`, or below 0 a negative errno: EINVAL if there is something else.
   */
  holdNamespaceFile(handle: Handle, file: string, device?: number, inode?: number): number;
  /** As {@link holdNamespaceFile}, a duplicate of a descriptor. */
  holdNamespaceDescriptor(handle: Handle, fd: number): number;
  /** As {@link holdNamespaceFile}, that of the process of a pidfd. */
  holdNamespaceOfPidfd(handle: Handle, pidfd: number): number;
  /**
   * Makes a network namespace; with a directory and a name also the mount point that keeps it (`ip netns add`).
   * A netlink socket is opened on the way. Values: handle, fd, device, inode, socket handle (the same number).
   */
  createNamespace(id: number, directory: string | undefined, name: string | undefined, trip?: number): void;
  /** Keeps a namespace, which may be under way to being made, under a name as well (`ip netns attach`). */
  keepNamespace(id: number, namespace: Handle, directory: string, name: string, trip?: number): void;
  /**
   * Unmounts and removes mount points in a directory (`ip netns delete`). `identities` holds the device and the inode of each
   * namespace: a name that leads elsewhere is left alone, unless both are 0. Settles with `data`, absent where all were removed:
   * records of u32 index of the name, i32 errno, char call[16]. Without `identities` it removes only plain files that a program left
   * which was killed; EEXIST of 'open' for others.
   */
  removeNamespaces(id: number, directory: string, names: readonly string[], identities: Float64Array | undefined): void;
  /** Keeps `count` namespaces made ahead, of which `createNamespace` takes; settles when they are there. */
  reserveNamespaces(id: number, count: number): void;
  /** Opens a netlink socket of `protocol` (NETLINK_ROUTE ...) inside a namespace. Values: socket handle. */
  openNetlink(id: number, namespace: Handle, protocol: number, inOrder: boolean): void;
  /**
   * Takes a netlink socket that another process has opened and handed over, of any protocol and namespace: a duplicate of the
   * descriptor, which becomes non-blocking for all that hold the socket. What is asked of it is done in order. EPROTONOSUPPORT of 'socket' if it
   * is a socket of another family. Values: socket handle.
   */
  adoptNetlink(id: number, fd: number): void;
  /**
   * Sends requests and waits until all are carried out. Those that ask for it are acknowledged, and the last in each
   * send anyway, but for {@link GROUP_WHOLE}; of the others failures alone are told. `fixups` holds records of {@link FIXUP_SIZE} bytes, `groups` of
   * {@link GROUP_SIZE}, see there. Settles with `data`: the messages received, without the plain acknowledgements
   * of success; undefined when there was nothing else. In a trip it may undo an earlier operation, of the number `undoes`: it is
   * then sent only if one between the two failed. `namespaces` are pairs of numbers: the offset in `requests` of a
   * u32, and the handle of the namespace whose fd it takes when the requests are sent.
   */
  send(
    id: number,
    socket: Handle,
    requests: Uint8Array,
    fixups: Uint8Array | undefined,
    groups: Uint8Array | undefined,
    trip?: number,
    undoes?: number,
    ...namespaces: readonly number[]
  ): void;
  /** Takes a place in the order of a namespace for a trip, in which nothing is done there. */
  takePlace(id: number, namespace: Handle, trip: number): void;
  /**
   * Operations that were given the number of the same trip are carried out in order, whatever sockets they are for, the first
   * at once, and settle together when the last has ended and `endTrip` was called: nothing more is to come. Behind one that
   * fails, or in which the kernel refuses a request, the others settle with ECANCELED of 'trip'.
   */
  endTrip(trip: number): void;
  /**
   * Sends one dump request, with fixups and groups as of `send`, behind the look-ups of long names in it; hands on what arrives through `chunk`, at most `window` chunks
   * ahead of `resume`.
   */
  dump(
    id: number,
    socket: Handle,
    request: Uint8Array,
    fixups: Uint8Array | undefined,
    groups: Uint8Array | undefined,
    window: number,
  ): void;
  /**
   * The counters that the driver of a device keeps (`ethtool -S`), in the namespace of a netlink socket of any protocol, behind what the
   * socket was asked before. Settles with `data`: u64 of each in the host's byte order, as their names stand in ETH_SS_STATS; absent where there are
   * none. EOPNOTSUPP of 'SIOCETHTOOL' where the driver keeps none; EINVAL of 'name' for more than 15 bytes.
   */
  deviceStatistics(id: number, socket: Handle, device: string): void;
  /**
   * Joins multicast groups of a netlink protocol inside a namespace, until `cancel`. The first chunk is empty and says that
   * the membership is in force: nothing that happens from then on is missed. One chunk is handed on for each `resume`, with
   * all that came meanwhile. Where events were lost stands a message NLMSG_OVERRUN; what is before it is older than the loss.
   */
  subscribe(id: number, namespace: Handle, protocol: number, groups: Int32Array): void;
  /** One more chunk of this dump or subscription was consumed: `chunk`, if given, is empty from now on, and its memory takes another. */
  resume(id: number, chunk?: ArrayBuffer): void;
  /** Whether a dump keeps the process alive, as all operations do at first: for while nobody waits for what it brings. */
  keepAlive(id: number, keep: boolean): void;
  /** Ends a dump early, or a subscription, which frees its socket at once: settles with ECANCELED. */
  cancel(id: number): void;
  /**
   * Makes a socket inside a namespace, sets `options` (records of i32 level, i32 name, u32 size of the value, the value),
   * binds it to `address` and connects it to `peer` (a sockaddr each). It is for `lendSocket`, under the number of the operation. An error settles with
   * `data`: u32 count of the options set; one of 'setsockopt' is that of the next.
   */
  openSocket(
    id: number,
    namespace: Handle,
    family: number,
    type: number,
    protocol: number,
    options: Uint8Array | undefined,
    address: Uint8Array | undefined,
    peer: Uint8Array | undefined,
  ): void;
  /**
   * The descriptor of a socket that was opened, non-blocking, for whoever is about to own it; -1 if there is none. What nobody
   * asks for ends with `close`. Until `giveSocket` says that somebody owns it, or has closed it, it ends with the environment.
   */
  lendSocket(socket: Handle): number;
  giveSocket(socket: Handle): void;
  /**
   * Makes a TAP device in a namespace, or opens one that is there, with a descriptor for each of its `queues`. `flags` are those of TUNSETIFF beside
   * IFF_TAP and IFF_NO_PI, and IFF_MULTI_QUEUE of several queues: IFF_VNET_HDR, IFF_TUN_EXCL (EBUSY of a device that is there). The name may be empty, or have a
   * %d: the kernel chooses. `owner` and `group` may open the device without CAP_NET_ADMIN; below 0 nobody else. `headerSize`: bytes of
   * struct virtio_net_hdr before each packet; 0 as it is. Settles with `data`: the device's name. Values: its index. The descriptors are for
   * `takeDescriptors`, under the number of the operation. They are non-blocking: a read that waited on a thread of Node's pool
   * would keep process.exit() and worker.terminate() waiting as well, and net.Socket takes no such file. A failure leaves no device that was made.
   */
  openTap(
    id: number,
    namespace: Handle,
    name: string,
    flags: number,
    queues: number,
    owner: number,
    group: number,
    headerSize: number,
    persistent: boolean,
  ): void;
  /**
   * The descriptors of the queues that `openTap` opened, which are the caller's from now on: empty the second time. Those that nobody
   * takes end with `close`, and with the environment.
   */
  takeDescriptors(opened: Handle): number[];
  /**
   * Reads a file of the namespace to its end. Settles with `data`, absent where the file is empty. EFBIG of 'read' beyond
   * `limit` bytes.
   */
  readFile(id: number, namespace: Handle, root: FileRoot, path: string, limit: number, trip?: number): void;
  /**
   * Writes files in order, each with a single write(2), and ends with the first failure. EMSGSIZE of 'write' where more
   * than white space was left over. `records` holds u32 size of the path, u32 size of the content, path and content, again and again.
   * Settles, also with an error, with `data`: u32 count of the files written.
   */
  writeFiles(id: number, namespace: Handle, root: FileRoot, records: Uint8Array, trip?: number): void;
  /**
   * What a directory has. Settles with `data`, records of u32 size of the name, u32 type (DT_REG ...), u32 errno of reading
   * it, u32 size of the content, name and content; absent where there are none. With `deep` the files in it and below, by
   * their paths and with their contents, at most `limit` bytes in all; else names and types alone.
   */
  readDirectory(id: number, namespace: Handle, root: FileRoot, path: string, deep: boolean, limit: number): void;
  /** The processes whose main threads are in the namespace. Settles with `data`: i32 of each, ascending. */
  findProcesses(id: number, namespace: Handle): void;
  /**
   * The names in a directory that lead to a network namespace. Settles with `data`, records of u32 size of the name, i32 errno of
   * following it (then the numbers are 0), f64 device, f64 inode, name; absent where there are none, or no directory.
   */
  listNamespaces(id: number, directory: string): void;
  /** Closes a netlink socket when what is under way on it has ended; a namespace that was made with it stays open. */
  closeNetlink(socket: Handle): void;
  /** Lets go of a handle at once; operations under way on it end first. */
  close(handle: Handle): void;
}

/**
 * Bytes of a fixup: u32 offset of the message in the batch, u32 offset in the batch of the u32 to fill, u32 flags, u32 slot,
 * char name[16]; in the host's byte order. It is filled with the index of the link that has the name (or alternative
 * name) when the message's turn comes. With a slot (not 0) the index is kept there, and the next fixup of the slot takes it without
 * looking at its name; slots are those of the batch, or of the trip. If there is no such link, the message is not sent and `data` has an NLMSG_ERROR for its
 * sequence number with ENODEV, its first 16 bytes of header, NLM_F_ACK_TLVS and NLMSGERR_ATTR_OFFS, the field's offset
 * in its message. Those of one message stand together, in the order of the messages.
 */
export const FIXUP_SIZE = 32;
/** Flag of a fixup: an earlier message of the batch may change which link has the name, so send those first. */
export const FIXUP_AFTER_EARLIER = 1;
/**
 * Flag of a fixup: the field is `nlmsg_type` of the message, a u16, and is filled with the number in the slot: that of a generic netlink
 * family, which the note of an earlier message has looked up. It has no name. If the slot is empty, the message is not sent and
 * answered as above, with ENOENT.
 */
export const FIXUP_TYPE = 2;

/**
 * Bytes of a note about a message: u32 offset of the message in the batch, u32 group, u32 flags, u32 slot, u32 attribute, u32 size of
 * the family's header in the reply. Each
 * message of a group (not 0) is sent when those before it are answered, and not at all if an earlier one of the group failed; for
 * what was not sent there is no answer. The slot (not 0) is filled from the reply to the message: with the index in its header
 * (`struct ifinfomsg`), or with the number in an attribute behind that header, if `attribute` is not 0: a u16 if it is 2 bytes long, else a u32. A message may have several notes, of which the first tells its group.
 */
export const GROUP_SIZE = 24;
/** Flag of a note: the message is sent only if the group failed behind its first message, which it undoes. */
export const GROUP_UNDO = 1;
/**
 * Flag of a note: the group is a batch of the kernel (nf_tables), of which all messages stand together and have this flag. They go to the
 * kernel in one send, whatever their size, and fixups may not be in them (EINVAL of 'fixups'). Those that ask for an acknowledgement are waited for, and no
 * other: an error of the first, NFNL_MSG_BATCH_BEGIN, is the end of all. Errors of the others come unasked. EMSGSIZE of 'sendmsg'
 * where a process without CAP_NET_ADMIN sends more than twice net.core.wmem_max. The kernel refuses a message that is shorter than its
 * header, and all of the batch, without a word: ETIMEDOUT of 'recvmsg'.
 */
export const GROUP_WHOLE = 2;

/** How the thread of a worker gets into a namespace, and no other. Runs where it is called, in any environment. */
export interface ThreadDoor {
  /** A ticket for one thread of this process, good once; below 0 a negative errno. */
  admitThread(): number;
  /** Takes a ticket back that may not have been used. */
  revokeThread(ticket: number): void;
  /**
   * Moves the calling thread into the namespace of a descriptor for good. Gives 0 or the errno of setns; ENOTSUP without a
   * good ticket, and on the main thread.
   */
  enterThread(ticket: number, namespace: number): number;
}

/** What is done to a socket that is open. Runs where it is called: nothing of it waits, and a socket knows its namespace. */
export interface SocketCalls {
  /** setsockopt(2). Gives 0 or the errno. */
  setSocketOption(fd: number, level: number, name: number, value: Uint8Array): number;
  /** The index of a device of the socket's namespace; below 0 a negative errno. */
  deviceIndex(fd: number, name: string): number;
}

interface Addon extends ThreadDoor, SocketCalls {
  Runtime: new (callbacks: NativeCallbacks) => NativeRuntime;
}

// Whatever is called first loads this file.
checkSystem();

const ADDON = 'rtnetlink.node';
const HELPER = 'rtnetlink-exec';
const places = whenNeeded({ all: () => placesFor(__dirname) });

/** Not the one that a bundler sees to, which would look for the addon while it bundles. */
const requireFile = createRequire(__filename);

/**
 * Where the addon is in a checkout that was built, in the package as it is installed, or beside a bundle: to look for it elsewhere takes two
 * packages.
 * Undefined if it is not there.
 */
function usualFile(): string | undefined {
  const { compiled, prebuilt, bundled } = places.all;
  const own = path.join(compiled, ADDON);
  if (fs.existsSync(own)) return own;
  // Else it may be one for debugging.
  if (fs.existsSync(path.dirname(compiled))) return undefined;
  return [prebuilt, bundled].map((folder) => path.join(folder, ADDON)).find((file) => fs.existsSync(file));
}

/** Has `bindings` look for the addon in all places, and load it, or give its file. */
function findAddon(options: { path?: true }): unknown {
  checkDescriptorLeft();
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const find = require('bindings') as typeof bindings;
  const { compiled, debug, prebuilt, bundled } = places.all;
  return find({
    ...options,
    bindings: ADDON,
    module_root: path.join(__dirname, '..'),
    try: [compiled, debug, prebuilt, bundled].map((folder) => [folder, 'bindings']),
  });
}

/** What a function finds or loads; an error of that says what to do. */
function usable<Found>(find: () => Found): Found {
  try {
    return find();
  } catch (error) {
    checkDescriptorLeft();
    throw unusable(error as Error);
  }
}

/** Throws EMFILE or ENFILE. Without a descriptor Node would take the package for missing, and remember that. */
function checkDescriptorLeft(): void {
  fs.closeSync(fs.openSync(__filename, 'r'));
}

/** What to tell instead of an error of finding or loading the addon or its helper, which is the `cause`. */
function unusable(cause: Error): Error {
  const { code, path: file = '' } = cause as NodeJS.ErrnoException;
  const { tries } = cause as { tries?: readonly string[] };
  const isMissing = tries !== undefined || code === 'ENOENT';
  const what = isMissing
    ? `rtnetlink has no binary for ${platform()}: there is no ${(tries ?? [file]).join(', nor ')}`
    : // For another architecture, say, or with a newer C library: the loader's words tell.
      `the binary of rtnetlink for ${platform()} could not be loaded: ${cause.message}`;
  const advice =
    code === 'EACCES'
      ? `Is it executable, and its file system mounted without noexec? 'chmod +x ${file}'`
      : "Compile it in place with 'npx rtnetlink build', which needs a C++17 compiler, make and Python 3";
  return Object.assign(new Error(`${what}. ${advice}`, { cause }), { code: isMissing ? 'MODULE_NOT_FOUND' : code });
}

let loaded: Addon | undefined;

function loadAddon(): Addon {
  return (loaded ??= usable(() => {
    const file = usualFile();
    return (file === undefined ? findAddon({}) : requireFile(file)) as Addon;
  }));
}

/** Loads the addon and starts one runtime of it. */
export function startRuntime(callbacks: NativeCallbacks): NativeRuntime {
  const { Runtime } = loadAddon();
  return new Runtime(callbacks);
}

/** Loads the addon without starting a runtime of it. */
export function threadDoor(): ThreadDoor {
  return loadAddon();
}

/** Loads the addon without starting a runtime of it. */
export function socketCalls(): SocketCalls {
  return loadAddon();
}

let helper: string | undefined;

/**
 * The program through which others are started inside a namespace (native/helper/); it lies beside the addon. Throws if
 * it is not there.
 */
export function helperFile(): string {
  return (helper ??= usable(() => {
    const addon = usualFile() ?? (findAddon({ path: true }) as string);
    const file = path.join(path.dirname(addon), HELPER);
    fs.accessSync(file, fs.constants.X_OK);
    return file;
  }));
}

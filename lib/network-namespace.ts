import type child_process from 'node:child_process';
import type dgram from 'node:dgram';
import type http from 'node:http';
import type https from 'node:https';
import type net from 'node:net';
import { inspect } from 'node:util';
import type { Worker, WorkerOptions } from 'node:worker_threads';

import type { NamespaceReference } from './codec';
import type { AddressCollection } from './collections/addresses';
import type { ConntrackCollection } from './collections/conntrack';
import type { EthtoolCollection } from './collections/ethtool';
import { families, type Collections } from './collections/families';
import type { FdbCollection } from './collections/fdb';
import type { FileCollection } from './collections/files';
import type { GenetlinkCollection } from './collections/genetlink';
import { inside } from './collections/inside';
import type { LinkCollection } from './collections/links';
import type { NamespaceIdCollection } from './collections/namespace-ids';
import type { NeighborCollection } from './collections/neighbors';
import type { NexthopCollection } from './collections/nexthops';
import type { NftablesCollection } from './collections/nftables';
import type { QdiscCollection } from './collections/qdiscs';
import type { RouteCollection } from './collections/routes';
import type { RuleCollection } from './collections/rules';
import type { SysctlCollection } from './collections/sysctl';
import { unloaded } from './collections/unloaded';
import { ERRNO } from './errno';
import { at, NamespaceError, show, within, wrongType, wrongValue } from './errors';
import { waitOptions, type WaitOptions } from './events/wait-options';
import type { NamespaceHandle } from './namespace/handle';
import { hostHandle } from './namespace/host-handle';
import { handleIn } from './namespace/open-target';
import { whileOpen } from './namespace/places';
import { removeNamespace } from './namespace/removal';
import type { Exec, ExecFile } from './programs/exec';
import type { ConnectOptions } from './sockets/dial';
import type { Dispatcher, DispatcherOptions } from './sockets/dispatcher';
import type { ListenOptions } from './sockets/listen';
import type { Lookup } from './sockets/lookup';
import type { RawSocketOptions } from './sockets/raw-socket';
import type { Tap, TapOptions } from './sockets/tap';
import type { DatagramOptions } from './sockets/udp';
import { checkedOptions, type Checks } from './options';
import { checkNamespaceTarget, type NamespaceIdentity, type NamespaceTarget } from './protocol/namespace-reference';
import { rejectingShortage } from './shortage';
import { askedLater } from './transport/trip';
import type { NamespaceJson } from './where';

/** How a namespace is deleted. */
export interface DeleteOptions extends WaitOptions {
  /**
   * Waits until the namespace has ended, and the far ends of its pairs are gone from the host namespace, or from the
   * given one. False by default.
   */
  wait?: boolean | NamespaceTarget | undefined;
}

/** An open network namespace. Made by {@link createNamespace}, {@link openNamespace} and {@link hostNamespace}. */
export class NetworkNamespace implements NamespaceReference, NamespaceIdentity, AsyncDisposable {
  /** Object.prototype.toString returns '[object NetworkNamespace]'. */
  readonly [Symbol.toStringTag] = 'NetworkNamespace';
  /** Made when they are first asked for: most namespaces need few. */
  private readonly collections: Partial<Collections> = {};
  /** `close` was called, which keeps the name. */
  private keepsName = false;

  /** @internal */
  constructor(
    /** @internal */
    readonly handle: NamespaceHandle,
    /** The name under which it was made or opened. */
    readonly name: string | undefined,
    private readonly onDispose: 'delete' | 'close' | 'nothing',
  ) {
    if (onDispose !== 'nothing') forgotten.register(this, handle);
  }

  /** Its links: devices, bridges, pairs. */
  get links(): LinkCollection {
    return this.collection('links');
  }

  /** The addresses of its links. */
  get addresses(): AddressCollection {
    return this.collection('addresses');
  }

  /** Its routes, in all tables. */
  get routes(): RouteCollection {
    return this.collection('routes');
  }

  /** Its nexthop objects, which routes name by their ids. */
  get nexthops(): NexthopCollection {
    return this.collection('nexthops');
  }

  /** Its rules, which select the routing table for packets. */
  get rules(): RuleCollection {
    return this.collection('rules');
  }

  /** Its neighbors: the link-layer addresses of IPv4 and IPv6 addresses. */
  get neighbors(): NeighborCollection {
    return this.collection('neighbors');
  }

  /** The queueing disciplines of its links. */
  get qdiscs(): QdiscCollection {
    return this.collection('qdiscs');
  }

  /** The forwarding tables of its bridges and tunnels. */
  get fdb(): FdbCollection {
    return this.collection('fdb');
  }

  /** What the drivers of its links can do. */
  get ethtool(): EthtoolCollection {
    return this.collection('ethtool');
  }

  /** The families of generic netlink that the kernel has. */
  get genetlink(): GenetlinkCollection {
    return this.collection('genetlink');
  }

  /** Its packet rules. */
  get nftables(): NftablesCollection {
    return this.collection('nftables');
  }

  /** The connections that it tracks. */
  get conntrack(): ConntrackCollection {
    return this.collection('conntrack');
  }

  /** The numbers by which it knows other namespaces. */
  get namespaceIds(): NamespaceIdCollection {
    return this.collection('namespaceIds');
  }

  /** Its settings: /proc/sys/net. */
  get sysctl(): SysctlCollection {
    return this.collection('sysctl');
  }

  /** Its files: /proc/net, /proc/sys/net and /sys/class/net. */
  get files(): FileCollection {
    return this.collection('files');
  }

  /**
   * The descriptor of the namespace, for programs that enter it themselves. Valid until `close`; throws EBADF
   * afterwards.
   */
  get fd(): number {
    this.handle.checkOpen();
    return this.handle.fd;
  }

  get device(): number {
    return this.handle.device;
  }

  get inode(): number {
    return this.handle.inode;
  }

  /** Whether another handle is of the same namespace. */
  equals(other: NamespaceIdentity): boolean {
    if (typeof other !== 'object' || (other as unknown) === null) {
      throw wrongType(`must be a NetworkNamespace, not ${show(other)}`, 'other');
    }
    return other.inode === this.inode && other.device === this.device;
  }

  /**
   * Makes a server of this process (net, tls, http, https, http2) listen inside the namespace, and resolves when it
   * listens: `await blue.listen(server, { port: 80 })`. The server is Node's own, and keeps its socket when the
   * namespace is closed. Rejects with EADDRINUSE, EADDRNOTAVAIL.
   */
  listen(server: net.Server, options?: ListenOptions): Promise<void> {
    return this.own(askedLater(() => inside.listen.listen(this.handle, server, options)));
  }

  /**
   * Connects from inside the namespace, by TCP or to an abstract Unix-domain socket, and resolves with a connected
   * socket, which keeps the namespace alive. A name is looked up inside, and its addresses are tried one after the
   * other. Rejects with Node's errors such as ECONNREFUSED, with those of `lookup`, or with an AggregateError if
   * several addresses failed.
   */
  connect(options: ConnectOptions): Promise<net.Socket> {
    return this.own(askedLater(() => inside.dial.dial(this.handle, this.name, options)));
  }

  /**
   * Looks up a name as a program inside the namespace would: in /etc/netns/NAME/hosts, then with the servers of
   * /etc/netns/NAME/resolv.conf, over the namespace's own routes; without these files in /etc/hosts and
   * /etc/resolv.conf. Arguments and errors are those of dns.lookup (ENOTFOUND, EAI_AGAIN); with a callback it fits the
   * `lookup` option of net and dgram. See docs/names.md.
   */
  get lookup(): Lookup {
    return inside.lookup.lookupBy((hostname, options) =>
      this.own(askedLater(() => inside.lookup.addressesOf(this.handle, this.name, hostname, options))),
    );
  }

  /**
   * An http.Agent whose connections are made inside, including the look-up of names. Otherwise it is Node's, with its
   * options (`keepAlive`, `maxSockets`, `timeout`). Open connections outlive the handle; new requests then fail with
   * EBADF. Throws if the namespace is closed.
   */
  agent(options?: http.AgentOptions): http.Agent {
    this.handle.checkOpen();
    return inside.agents.httpAgent((target) => this.connect(target), options);
  }

  /** An https.Agent like {@link agent}, with Node's TLS options. */
  httpsAgent(options?: https.AgentOptions): https.Agent {
    this.handle.checkOpen();
    return inside.agents.httpsAgent((target) => this.connect(target), options);
  }

  /**
   * An undici Agent whose connections are made inside: `fetch(url, { dispatcher: blue.dispatcher() })`, with the fetch
   * of Node or of undici. Needs the package undici, in the major version of that fetch. It lasts like {@link agent}.
   */
  dispatcher(options?: DispatcherOptions): Dispatcher {
    this.handle.checkOpen();
    return inside.dispatcher.dispatcher((target) => this.connect(target), options);
  }

  /**
   * Makes a UDP socket inside the namespace, and resolves with a bound socket of Node: `createSocket('udp4')` with a
   * free port, or `createSocket({ type: 'udp6', port: 53, reusePort: true })`. It keeps the namespace alive when that
   * is closed. Rejects with EADDRINUSE, EADDRNOTAVAIL.
   */
  createSocket(typeOrOptions: DatagramOptions['type'] | DatagramOptions): Promise<dgram.Socket> {
    return askedLater(() => inside.udp.createSocket(this.handle, typeOrOptions, this.lookup));
  }

  /**
   * Makes a socket of any kind inside the namespace, such as a raw or a packet socket, and resolves with its
   * descriptor, which is non-blocking, and which the caller has to close: `openSocket({ family: 'packet', type: 'raw',
   * protocol: 'arp', device: 'eth0' })`. Rejects with EPERM without CAP_NET_RAW.
   */
  openSocket(options: RawSocketOptions): Promise<number> {
    return askedLater(() => inside.rawSocket.openSocket(this.handle, options));
  }

  /**
   * Opens a TAP device: a link whose other end is in this program, which reads and writes frames on its descriptors. It is opened behind what was
   * asked of the namespace before. Rejects with a NamespaceError: EBUSY if somebody else has it open, EINVAL if a link of another kind has the
   * name, EPERM without CAP_NET_ADMIN, ENOENT where there is no /dev/net/tun.
   */
  openTap(options: TapOptions = {}): Promise<Tap> {
    return askedLater(() => inside.tap.openTap(this.handle, options));
  }

  /**
   * The processes in it, by the namespace of their main threads, in ascending order. Those that end meanwhile are left out,
   * and those that this process may not look at: all of other users without CAP_SYS_PTRACE.
   */
  processes(): Promise<number[]> {
    return askedLater(() => inside.processes.processesIn(this.handle));
  }

  /**
   * Starts a program inside the namespace, as `ip netns exec` does: `spawn` of node:child_process, with its arguments,
   * options and events. In /sys the program sees the devices of the namespace, and in /etc the files of
   * /etc/netns/NAME. It keeps the namespace alive. 'error' is a NamespaceError if the namespace cannot be entered.
   * Throws a NamespaceError if the namespace is closed, TypeErrors for wrong arguments.
   */
  get spawn(): typeof child_process.spawn {
    const spawn = (command: unknown, args?: unknown, options?: unknown) =>
      inside.spawn.spawn(this.handle, this.name, command, args, options);
    return spawn as typeof child_process.spawn;
  }

  /**
   * Runs a command line in a shell inside the namespace: `await blue.exec('ip -j address')` resolves with `stdout` and
   * `stderr`.
   */
  get exec(): Exec {
    const run = (command: string, rest: unknown[]) => inside.exec.exec(this.handle, this.name, command, rest);
    const exec = (command: string, ...rest: unknown[]) => promised(rest, () => run(command, rest));
    return exec as Exec;
  }

  /** Runs a program inside the namespace without a shell: `await blue.execFile('ip', ['-j', 'address'])`. */
  get execFile(): ExecFile {
    const run = (file: string, rest: unknown[]) => inside.exec.execFile(this.handle, this.name, file, rest);
    const execFile = (file: string, ...rest: unknown[]) => promised(rest, () => run(file, rest));
    return execFile as ExecFile;
  }

  /**
   * Starts a worker (node:worker_threads) whose thread lives in the namespace: whatever it opens with net, http or
   * dgram is opened there, also by code that knows nothing of namespaces. Work on Node's thread pool is done outside:
   * files, names (dns.lookup). Modules that NODE_OPTIONS preloads run before the thread is inside. See
   * docs/programs.md. Rejects with a NamespaceError if the namespace is closed or cannot be entered.
   */
  worker(filename: string | URL, options?: WorkerOptions): Promise<Worker> {
    return askedLater(() => inside.worker.startWorker(this.handle, filename, options));
  }

  /**
   * Closes the handle, and keeps the name: `delete` rejects with EBADF then, and disposing does nothing. A namespace without a name
   * ends with the last handle, process and socket in it.
   */
  close(): Promise<void> {
    this.keepsName = true;
    this.letGo();
    return Promise.resolve();
  }

  private letGo(): void {
    if (this.onDispose !== 'nothing') this.handle.close();
  }

  /**
   * Closes the handle and removes the name. The kernel ends the namespace a moment later, when nothing is in it any
   * more. A name that leads to another namespace by now is not removed. Rejects with ENOENT if the name is gone, EBADF after
   * {@link close}, which keeps it, EBUSY of {@link hostNamespace}, which it leaves open.
   *
   * With `wait` it resolves when the kernel has begun to end the namespace, and the far ends of its pairs are gone from
   * the host namespace, or from the given one. The namespace does not end while a process, a descriptor or a socket
   * holds it: `signal` and `timeout` end the wait, not the deletion.
   */
  delete(options?: DeleteOptions): Promise<void> {
    return options === undefined ? this.remove() : this.removeWith(options);
  }

  private async removeWith(options: DeleteOptions): Promise<void> {
    const { wait = false, ...limits } = checkedOptions(options, deleteOptions, '{ wait: true }');
    if (wait === false) {
      await this.remove();
      return;
    }
    if (this.onDispose === 'nothing') throw this.isHere();
    const removed = async ([given]: (NamespaceReference | undefined)[]) => {
      const place = handleIn(given!);
      at('wait', () => {
        place.checkOpen();
      });
      if (this.equals(place)) throw wrongValue('the namespace cannot await its own end', 'wait');
      await inside.namespaceEnd.removeAndWait(place, this.handle, () => this.remove(), limits);
    };
    await whileOpen([wait === true ? hostHandle() : wait], removed, (error) => within('wait', error));
  }

  private isHere(): NamespaceError {
    const reason = 'this process is in it, and it has no name that could be removed';
    return new NamespaceError({ errno: ERRNO.EBUSY, syscall: 'delete', reason, where: this.handle.where });
  }

  private async remove(): Promise<void> {
    const { handle, name } = this;
    if (this.onDispose === 'nothing') throw this.isHere();
    if (name === undefined) {
      this.letGo();
      return;
    }
    if (this.keepsName) handle.checkOpen();
    // The namespace ends when its name is gone: the kernel's work for that would slow down the removal of further names.
    const isOpen = !handle.isClosed;
    if (isOpen) handle.retain();
    try {
      this.letGo();
      await removeNamespace(name, this);
    } finally {
      if (isOpen) handle.release();
    }
  }

  /** Deletes a namespace that was created, closes one that was opened. Does nothing after {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.keepsName) return;
    try {
      await (this.onDispose === 'delete' ? this.delete() : this.close());
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error;
    }
  }

  /** A collection. If it cannot be loaded, since no descriptor is left, its verbs reject, and the next use tries again. */
  private collection<Name extends keyof Collections>(name: Name): Collections[Name] {
    const known = this.collections[name];
    if (known !== undefined) return known;
    try {
      const made = new families[name](this.handle, this, name) as Collections[Name];
      this.collections[name] = made;
      return made;
    } catch (error) {
      return unloaded(error) as Collections[Name];
    }
  }

  private own<Used extends object>(used: Used): Used {
    owners.set(used, this);
    return used;
  }

  /** Which namespace it is, as errors call it: "namespace 'blue'", 'namespace net:[4026532246]', 'the host namespace'. */
  toString(): string {
    return this.handle.where.text;
  }

  /** What JSON.stringify writes, and what tests show of it: which namespace it is, by name and inode. */
  toJSON(): NamespaceJson {
    const { name, inode } = this.handle.where;
    return {
      ...(this.name === undefined && name === undefined ? {} : { name: this.name ?? name! }),
      ...(inode === undefined ? {} : { inode }),
    };
  }

  /** What console.log shows: which namespace it is, not its parts. */
  [inspect.custom](): string {
    const name = this.name === undefined ? '' : `'${this.name}', `;
    const isMade = this.handle.beingMade === undefined;
    const state = this.handle.isClosed ? ', closed' : '';
    return `NetworkNamespace(${name}${isMade ? `net:[${this.inode}]` : 'being made'}${state})`;
  }

  /** @internal */
  get beingMade(): number | undefined {
    return this.handle.beingMade;
  }

  /** @internal */
  retain(): number {
    return this.handle.retain();
  }

  /** @internal */
  release(): void {
    this.handle.release();
  }
}

/**
 * A program that only awaits what takes several steps keeps the namespace, as one does that keeps only `namespace.links`: it
 * is not forgotten while a promise is pending, or a collection in use.
 */
const owners = new WeakMap<object, NetworkNamespace>();

/** With a callback a program is returned, as by node:child_process, and a shortage is thrown. */
function promised<Result extends object>(given: readonly unknown[], run: () => Result): Result {
  return typeof given.at(-1) === 'function' ? run() : rejectingShortage(run);
}

/** Closes what a program forgot to close. */
const forgotten = new FinalizationRegistry<NamespaceHandle>((handle) => {
  handle.close();
});

const deleteOptions: Checks<DeleteOptions> = {
  ...waitOptions,
  wait(value) {
    if (typeof value !== 'boolean') checkNamespaceTarget(value);
  },
};

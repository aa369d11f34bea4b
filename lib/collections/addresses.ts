import type { LinkReference } from '../codec';
import { isObject } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import type { WaitOptions } from '../namespace/wait';
import {
  deleteAddress,
  listAddresses,
  newAddress,
  type Address,
  type AddressFilter,
  type AddressOptions,
} from '../protocol/address';
import type { Request } from '../protocol/netlink';
import { readOnce } from '../once';
import { asked, askedLater } from '../transport/trip';
import type { AwaitedAddresses } from './address-wait';
import { ignoringAll, isMany, sendAll, sendEach } from './elements';
import { flushFilter, type FlushFilter } from './filters';
import { streamOf } from './stream';
import { verbs } from './verbs';

/** The IPv4 and IPv6 addresses of a namespace's links. */
export class AddressCollection {
  /** @internal */
  constructor(
    private readonly handle: NamespaceHandle,
    /** Lives as long as the collection. */
    protected readonly owner?: object,
  ) {}

  /** All addresses, or those that the filter describes. */
  list(filter?: AddressFilter): Promise<Address[]> {
    return askedLater(() => this.handle.transport.list(listAddresses(readOnce(filter))));
  }

  /** As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the table changed. */
  stream(filter?: AddressFilter): AsyncGenerator<Address, void, undefined> {
    return streamOf(this.handle, filter, listAddresses);
  }

  /**
   * Gives a link an address, `add('eth0', '10.1.1.1/24')`, or those of an array, which may be of different links:
   * `add([{ device: 'eth0', address: '10.1.1.1/24' }])`. Rejects with EEXIST if it has it.
   */
  add(device: LinkReference, address: AddressOfLink | readonly AddressOfLink[]): Promise<void>;
  add(address: AddressOptions | readonly AddressOptions[]): Promise<void>;
  add(...given: AddressArguments): Promise<void> {
    return this.send(given, (options) => newAddress(options, 'add'));
  }

  /**
   * Gives a link an address, or changes the one that it has: lifetimes, metric and protocol, of an IPv6 address the flags and peer as well. What
   * else is said, as an IPv4 address's flags, label, scope and broadcast, the kernel passes over: delete it first. Arguments as of {@link add}.
   */
  replace(device: LinkReference, address: AddressOfLink | readonly AddressOfLink[]): Promise<void>;
  replace(address: AddressOptions | readonly AddressOptions[]): Promise<void>;
  replace(...given: AddressArguments): Promise<void> {
    return this.send(given, (options) => newAddress(options, 'replace'));
  }

  /**
   * Takes an address away, or those of an array. Arguments as of {@link add}, of which link, address and peer tell which it is. Rejects with
   * EADDRNOTAVAIL if the link does not have it; the secondary addresses of a subnet go with its primary one.
   */
  delete(device: LinkReference, address: AddressOfLink | readonly AddressOfLink[]): Promise<void>;
  delete(address: AddressOptions | readonly AddressOptions[]): Promise<void>;
  delete(...given: AddressArguments): Promise<void> {
    return this.send(given, deleteAddress);
  }

  /**
   * Removes all addresses that the filter selects: `flush({ device: 'eth0' })`. A filter that names nothing is refused, and so is
   * a property that is undefined; `flush('all')` removes all.
   */
  flush(filter: FlushFilter<AddressFilter>): Promise<void> {
    return asked(() => {
      const query = listAddresses(flushFilter<AddressFilter>(filter, "{ device: 'eth0' }"));
      return this.handle.exclusive('addresses.flush', async (inside) => {
        const addresses = await inside.list(query);
        // Deleting a primary address takes its secondary ones along.
        await sendAll(inside, addresses, deleteAddress).catch(ignoringAll('EADDRNOTAVAIL'));
      });
    });
  }

  /**
   * Waits until addresses of a link are there and can be used, and resolves with them: an IPv6 address cannot until duplicate
   * address detection has found no other host that has it. Driven by the kernel's events. Rejects with a WaitError
   * (EADDRINUSE) if there is another, with ENODEV if there is no link or it is deleted, and else as `links.waitFor` does.
   */
  waitFor(addresses: AwaitedAddresses, options?: WaitOptions): Promise<Address[]> {
    // Through the collection, which keeps the namespace while somebody waits.
    const list = (filter: AddressFilter) => this.list(filter);
    return askedLater(() => verbs.waits.waitForAddresses(this.handle, readOnce(addresses), list, options));
  }

  private send(given: AddressArguments, request: (options: AddressOptions) => Request): Promise<void> {
    const [first, second] = given;
    if (typeof first === 'object') return sendEach(this.handle, first, request);
    const ofDevice = (address: AddressOfLink | undefined) => optionsOf(first, address);
    return sendEach(this.handle, isMany(second) ? second.map(ofDevice) : ofDevice(second), request);
  }
}

/** An address of a link that is named beside it: '10.1.1.1/24', or with what else it shall have. */
export type AddressOfLink = string | AddressOptionsOfLink;

/** As {@link AddressOptions}, of a link that is named beside it. */
export interface AddressOptionsOfLink extends Omit<AddressOptions, 'device'> {}

type AddressArguments =
  | [device: LinkReference, address: AddressOfLink | readonly AddressOfLink[]]
  | [address: AddressOptions | readonly AddressOptions[]];

/** What is no address stays as it is, to be refused, in an array with its index. */
function optionsOf(device: LinkReference, address: AddressOfLink | undefined): AddressOptions {
  if (typeof address === 'string') return { device, address };
  return isObject(address) ? { ...address, device } : (address as never);
}

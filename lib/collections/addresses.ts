import type { LinkReference } from '../codec';
import { isObject, show, wrongValue } from '../errors';
import type { WaitOptions } from '../events/wait';
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
import { Collection } from './collection';
import type { AwaitedAddresses } from './address-wait';
import { ignoringAll, isMany, sendAll, sendEach } from './elements';
import { flushFilter, type FlushFilter } from './filters';
import { listOf, type NamesOption } from './named-rows';
import { namedStreamOf } from './stream';
import { verbs } from './verbs';

/** The IPv4 and IPv6 addresses of a namespace's links. */
export class AddressCollection extends Collection {
  /** All addresses, or those that the filter describes. */
  list(filter?: AddressFilter & NamesOption): Promise<Address[]> {
    return askedLater(() => listOf(this.handle.transport, filter, listAddresses));
  }

  /**
   * As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the kernel tells that the table changed.
   */
  stream(filter?: AddressFilter & NamesOption): AsyncGenerator<Address, void, undefined> {
    return namedStreamOf(this.handle, filter, listAddresses, this.keeps);
  }

  /**
   * Adds an address to a link, `add('eth0', '10.1.1.1/24')`, or an array of addresses, which may be of different links:
   * `add([{ device: 'eth0', address: '10.1.1.1/24' }])`. Rejects with EEXIST if the link already has it.
   */
  add(device: LinkReference, address: AddressOfLink | readonly AddressOfLink[]): Promise<void>;
  /** Adds an address to the link that it names, or an array of addresses, which may be of different links. */
  add(address: AddressOptions | readonly AddressOptions[]): Promise<void>;
  add(...given: AddressArguments): Promise<void> {
    return this.send(given, (options) => newAddress(options, 'add'));
  }

  /**
   * Adds an address to a link, or changes the one that it has: lifetimes, metric and protocol; of an IPv6 address also
   * flags and peer. The kernel ignores a change of anything else, such as an IPv4 address's flags, label, scope and
   * broadcast: delete the address first. Arguments are those of {@link add}.
   */
  replace(device: LinkReference, address: AddressOfLink | readonly AddressOfLink[]): Promise<void>;
  /** Adds an address to the link that it names, or changes the one that it has; or those of an array. */
  replace(address: AddressOptions | readonly AddressOptions[]): Promise<void>;
  replace(...given: AddressArguments): Promise<void> {
    return this.send(given, (options) => newAddress(options, 'replace'));
  }

  /**
   * Deletes an address, or those of an array. Arguments are those of {@link add}; link, address and peer select the
   * address. Rejects with EADDRNOTAVAIL if the link does not have it. The secondary addresses of a subnet go with its
   * primary one.
   */
  delete(device: LinkReference, address: AddressOfLink | readonly AddressOfLink[]): Promise<void>;
  /** Deletes an address of the link that it names, or those of an array. */
  delete(address: AddressOptions | readonly AddressOptions[]): Promise<void>;
  delete(...given: AddressArguments): Promise<void> {
    return this.send(given, deleteAddress);
  }

  /**
   * Removes all addresses that the filter selects: `flush({ device: 'eth0' })`. An empty filter and a property that is
   * undefined are refused; `flush('all')` removes all addresses.
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
   * Waits until addresses of a link are there and can be used, and resolves with them. An IPv6 address can be used when
   * duplicate address detection has found no other host that has it. Listens for the kernel's events, and does not
   * poll. Rejects with a WaitError (EADDRINUSE) if another host has the address, with ENODEV if there is no such link
   * or it is deleted, otherwise as `links.waitFor` does.
   */
  waitFor(addresses: AwaitedAddresses, options?: WaitOptions): Promise<Address[]> {
    // Through the collection, so that the namespace is kept while the wait lasts.
    const list = (filter: AddressFilter) => this.list(filter);
    return askedLater(() => verbs.waits.waitForAddresses(this.handle, readOnce(addresses), list, options));
  }

  private send(given: AddressArguments, request: (options: AddressOptions) => Request): Promise<void> {
    const [first, second] = given;
    if (typeof first === 'object') return sendEach(this.handle, first, request);
    const options = isMany(second) ? second.map(optionsOf) : optionsOf(second);
    return sendEach(this.handle, options, (one) => {
      // What is no object is refused there.
      return request(isObject(one) ? withDevice(first, one) : one);
    });
  }
}

/** An address of a link that is named beside it: '10.1.1.1/24', or an object with further properties. */
export type AddressOfLink = string | AddressOptionsOfLink;

/** As {@link AddressOptions}, of a link that is named beside it. */
export interface AddressOptionsOfLink extends Omit<AddressOptions, 'device'> {}

type AddressArguments =
  | [device: LinkReference, address: AddressOfLink | readonly AddressOfLink[]]
  | [address: AddressOptions | readonly AddressOptions[]];

/** A value that is not an address stays as it is: it is refused later, in an array with its index. */
function optionsOf(address: AddressOfLink | undefined): AddressOptionsOfLink {
  return typeof address === 'string' ? { address } : address!;
}

function withDevice(device: LinkReference, address: AddressOptionsOfLink): AddressOptions {
  const { device: other } = address as Partial<AddressOptions>;
  // A listed address has the index of its link, whose name may stand beside it.
  if (other === device || typeof other !== typeof device) return { ...address, device };
  throw wrongValue(`must be the link that is named beside it, ${show(device)}, not ${show(other)}`, 'device');
}

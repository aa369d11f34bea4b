import { familyOf, parsePrefix, type LinkReference, type Prefix } from '../codec';
import { at, checkArgument, isObject, show, WaitError, wrongValue } from '../errors';
import { waitFor, type Condition, type WaitOptions } from '../events/wait';
import { waitOptions } from '../events/wait-options';
import type { NamespaceHandle } from '../namespace/handle';
import { checkOptions, whenRead, type Checks } from '../options';
import type { Address, AddressFilter } from '../protocol/address';
import { familyOption, type IpFamilyOption } from '../protocol/family';
import { type Where } from '../where';
import { getOne } from './device';
import { checkDevice, FollowedLink, type GetLink } from './link-wait';

/** Which addresses to wait for. */
export interface AwaitedAddresses {
  /** The link that has them: name or index. */
  device: LinkReference;
  /** One address, with or without the length of its prefix; all of the link by default, at least one. */
  address?: string | undefined;
  /** Only addresses of this family. */
  family?: IpFamilyOption | undefined;
}

const awaitedAddresses: Checks<AwaitedAddresses> = { device: whenRead, address: whenRead, family: whenRead };

/** Waits until addresses of a link can be used, and resolves with them. `list` gives those that are there. */
export async function waitForAddresses(
  handle: NamespaceHandle,
  awaited: AwaitedAddresses,
  list: (filter: AddressFilter) => Promise<Address[]>,
  options: WaitOptions | undefined,
): Promise<Address[]> {
  checkAwaitedAddresses(awaited);
  const get = (device: LinkReference) => getOne(handle.transport, device);
  return await waitFor(handle, addressesReady(awaited, get, list, handle.where), options);
}

/** Throws unless the argument can say which addresses to wait for. */
export function checkAwaitedAddresses(awaited: AwaitedAddresses): void {
  checkArgument('addresses', awaited, "{ device: 'eth0' }");
  const option = isObject(awaited) ? Object.keys(waitOptions).find((name) => name in awaited) : undefined;
  if (option !== undefined)
    throw wrongValue('stands in the second argument: waitFor(addresses, { timeout, signal })', option);
  checkOptions(awaited, awaitedAddresses, 'is not a property of addresses that are waited for');
  const { device, address, family } = awaited;
  checkDevice(device);
  const word = familyOption(family);
  const prefix = address === undefined ? undefined : at('address', () => parsePrefix(address));
  if (prefix !== undefined && word !== undefined && familyOf(prefix.bytes) !== word) {
    throw wrongValue(`must be the family of the address ${String(address)}, not ${show(family)}`, 'family');
  }
}

/** Addresses can be used: they are there, and none is tentative. */
function addressesReady(
  { device, address, family }: AwaitedAddresses,
  get: GetLink,
  list: (filter: AddressFilter) => Promise<Address[]>,
  where: Where,
): Condition<Address[]> {
  const link = new FollowedLink(device, get);
  const awaited = `${address === undefined ? 'addresses' : `address ${address}`} of ${link.subject} to be ready`;
  const wanted = address === undefined ? undefined : parsePrefix(address);
  const isWanted = (one: Address) => wanted === undefined || isSame(parsePrefix(one.address), wanted, address);
  let lastState = 'not looked at yet';
  return {
    awaited,
    lastState: () => lastState,
    isNear(event) {
      if (event.subject === 'address') return link.isOf(event.row.device);
      return event.subject === 'link' && event.action === 'delete' && link.isOf(event.row.index);
    },
    async look() {
      const { index, up, flags } = await link.get();
      const all = await list({ device: index, family: wanted === undefined ? family : familyOf(wanted.bytes) });
      const found = all.filter(isWanted);
      const failed = found.find(({ flags }) => flags.includes('dadfailed'));
      if (failed !== undefined) {
        const text = `another host has the address ${failed.address}`;
        throw new WaitError({ code: 'EADDRINUSE', text, awaited, where });
      }
      const tentative = found.filter(({ flags }) => flags.includes('tentative'));
      // Duplicate address detection waits for the link.
      const why = up
        ? flags.includes('lower-up')
          ? ''
          : ', since the link has no carrier,'
        : ', since the link is down,';
      lastState = found.length === 0 ? 'absent' : `tentative: ${tentative.map((one) => one.address).join(', ')}${why}`;
      return found.length > 0 && tentative.length === 0 ? { came: found } : undefined;
    },
  };
}

/** The length of a prefix counts only where it was given. */
function isSame(one: Prefix, wanted: Prefix, given: string | undefined): boolean {
  if (given?.includes('/') === true && one.length !== wanted.length) return false;
  return one.bytes.length === wanted.bytes.length && one.bytes.every((byte, index) => byte === wanted.bytes[index]);
}

import { at, isArgumentError, isArray, show, wrongType } from '../errors';
import { checkFamily, written } from '../protocol/netfilter/netfilter';
import { checkNftName } from '../protocol/netfilter/nftables/names';
import type { NftRequest } from '../protocol/netfilter/nftables/nftables';
import { elementRequests, type SetPlace } from '../protocol/netfilter/nftables/sets/messages';
import { typesOfNew } from '../protocol/netfilter/nftables/sets/set';
import { elementsAt } from '../protocol/netfilter/nftables/sets/set-elements';
import type {
  NftElementsOptions,
  NftRawSetOptions,
  NftSetKey,
  NftSetOptions,
} from '../protocol/netfilter/nftables/sets/set-options';
import type { SetTypes } from '../protocol/netfilter/nftables/sets/set-types';
import type { NftTableKey } from '../protocol/netfilter/nftables/table-options';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { currentFurnishing } from '../transport/trip';
import { sendBatch, type NftHandle } from './nftables-collection';
import { changeOneGeneration } from './one-generation';
import { AT_A_TIME, elementsInSlices, isReadWhole, placeOf, setAt, typesKnown, typesOfSet } from './set-types';

/** Elements of a batch that become requests when its function has returned. */
interface LaterElements {
  readonly what: 'add' | 'delete';
  readonly place: SetPlace;
  readonly elements: readonly unknown[];
  /** What their set takes, where it is added in the same batch. */
  readonly types: SetTypes | undefined;
}

/** What a batch is made of, in order. */
export type BatchPart = NftRequest | LaterElements;

const messageOf = { add: 'NEWSETELEM', delete: 'DELSETELEM' } as const;

/** The sets that a batch has added so far, of which it knows what they take. */
export class AddedSets {
  private readonly types = new Map<string, SetTypes | undefined>();

  /** Notes a set that is added. */
  note(set: NftSetOptions | NftRawSetOptions): void {
    this.types.set(keyOf(set), typesOfNew(set));
  }

  /** Notes that a set is deleted. */
  forget(set: NftSetKey): void {
    this.types.delete(keyOf(set));
  }

  /** Notes that a table is deleted with its sets. */
  forgetTable({ family, name }: NftTableKey): void {
    const beginning = keyOf({ family, table: name, name: '' });
    for (const key of this.types.keys()) if (key.startsWith(beginning)) this.types.delete(key);
  }

  /** What elements become: requests at once if the set is known and they are few. */
  parts({ elements, ...where }: NftElementsOptions, what: 'add' | 'delete'): BatchPart | NftRequest[] {
    const { family, table, set } = where;
    checkFamily(family);
    for (const [name, value] of Object.entries({ table, set })) {
      at(name, () => {
        checkNftName(value);
      });
    }
    if (!isArray(elements)) throw wrongType(`must be an array, not ${show(elements)}`, 'elements');
    const place = placeOf(where);
    const key = keyOf(place);
    const isFurnishing = currentFurnishing() !== undefined;
    if (!this.types.has(key)) {
      if (isFurnishing)
        throw wrongType('must be added in the same batch, in furnish: its types cannot be asked for there', 'set');
      return { what, place, elements, types: undefined };
    }
    const types = typesKnown(this.types.get(key));
    return isFurnishing || elements.length <= AT_A_TIME || isReadWhole(types)
      ? elementRequests(place, elementsAt(types, elements, what === 'delete'), messageOf[what])
      : { what, place, elements, types };
  }
}

/** Begins alike for all sets of a table. */
function keyOf({ family, table, name }: NftSetKey): string {
  return `${family} ${JSON.stringify(table)} ${name}`;
}

/** Sends what a batch is made of, all or nothing. */
export function sendParts(handle: NftHandle, parts: readonly BatchPart[]): Promise<void> {
  const requests = parts.filter(isRequest);
  if (requests.length === parts.length) return sendBatch(handle.transport, requests, handle.port);
  return handle.exclusive('nftables.batch', (inside) => sendIn(inside, parts, handle.port));
}

function isRequest(part: BatchPart): part is NftRequest {
  return 'encode' in part;
}

async function sendIn(inside: NetlinkTransport, parts: readonly BatchPart[], port: number | undefined): Promise<void> {
  const asked = new Map<string, SetPlace>();
  for (const part of parts) if (!isRequest(part) && part.types === undefined) asked.set(keyOf(part.place), part.place);
  const made = new Map<BatchPart, Made>();
  if (asked.size === 0) {
    await sendBatch(inside, await requestsOf(parts, made, new Map()), port);
    return;
  }
  // A set that was made anew since would get bytes of another type.
  await changeOneGeneration(inside, port, async () => {
    const sets = await Promise.all(
      [...asked].map(async ([key, place]) => {
        try {
          return [key, typesOfSet(await setAt(inside, place))] as const;
        } catch (error) {
          throw told(place, error);
        }
      }),
    );
    return requestsOf(parts, made, new Map(sets));
  });
}

/** What was made of elements, for a set of these types. */
interface Made {
  readonly types: SetTypes;
  readonly requests: readonly NftRequest[];
}

async function requestsOf(
  parts: readonly BatchPart[],
  made: Map<BatchPart, Made>,
  sets: ReadonlyMap<string, SetTypes>,
): Promise<NftRequest[]> {
  const requests: NftRequest[] = [];
  for (const part of parts) {
    if (isRequest(part)) {
      requests.push(part);
      continue;
    }
    const types = part.types ?? sets.get(keyOf(part.place))!;
    const before = made.get(part);
    const now = before !== undefined && isSame(before.types, types) ? before : await makeOf(part, types);
    made.set(part, now);
    for (const request of now.requests) requests.push(request);
  }
  return requests;
}

async function makeOf({ what, place, elements }: LaterElements, types: SetTypes): Promise<Made> {
  try {
    const values = await elementsInSlices(types, elements, what === 'delete');
    return { types, requests: elementRequests(place, values, messageOf[what]).map(encodedOnce) };
  } catch (error) {
    throw told(place, error);
  }
}

/** Adds to an argument error of which set it is: a batch may have elements of several. */
function told({ family, table, name }: SetPlace, error: unknown): unknown {
  if (isArgumentError(error)) error.message += ` (elements of set '${family} ${table} ${name}')`;
  return error;
}

/** A request whose bytes are kept: it may be sent again, and then others have little time to change something once more. */
function encodedOnce(request: NftRequest): NftRequest {
  let bytes: Uint8Array | undefined;
  return {
    ...request,
    encode(writer) {
      bytes ??= written((to) => {
        request.encode(to);
      });
      writer.append(bytes);
    },
  };
}

function isSame(one: SetTypes, other: SetTypes): boolean {
  return textOf(one) === textOf(other);
}

function textOf({ keys, data, objectType, isInterval }: SetTypes): string {
  return JSON.stringify([keys, data, objectType, isInterval]);
}

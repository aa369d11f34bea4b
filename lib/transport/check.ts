import { returnWriter, takeWriter } from '../codec';
import type { Request } from '../protocol/netlink';

/** Throws unless the requests of an element can be encoded. Sends nothing. */
export function check(requests: readonly Request[]): void {
  const writer = takeWriter();
  try {
    for (const request of requests) request.encode(writer);
  } finally {
    returnWriter(writer);
  }
}

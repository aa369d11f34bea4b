import type { Names } from '../codec';
import { wrongType } from '../errors';

/**
 * Throws if a request to delete has a property, of those that it looks at, that is undefined: it is so by mistake, and without it
 * something else may be deleted, or more.
 */
export function refuseUndefined(options: object, lookedAt: Names): void {
  for (const name in options) {
    if ((options as Readonly<Record<string, unknown>>)[name] === undefined && lookedAt.has(name)) {
      throw wrongType(
        'must not be undefined, with which something else may be deleted: give it a value, or leave it out',
        name,
      );
    }
  }
}

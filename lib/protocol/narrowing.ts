import type { Names } from '../codec';
import { wrongType } from '../errors';

/**
 * Throws if a property that selects what a request deletes is undefined. That is probably a mistake, and without the
 * property something else, or more, may be deleted.
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

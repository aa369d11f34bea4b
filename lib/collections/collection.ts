import { inspect } from 'node:util';

import type { NamespaceHandle } from '../namespace/handle';

/** What all collections have: the namespace that they are of, and a name for people. */
export abstract class Collection<Handle extends Pick<NamespaceHandle, 'where'> = NamespaceHandle> {
  /** @internal */
  constructor(
    /** @internal */
    protected readonly handle: Handle,
    /** What is not collected as long as the collection lives: that which it is of. */
    protected readonly keeps: object | undefined,
    /** How the namespace calls it: 'links'. */
    private readonly what: string,
  ) {}

  /** Which collection it is: "links of namespace 'blue'". */
  toString(): string {
    return `${this.what} of ${this.handle.where.text}`;
  }

  /** What JSON.stringify writes: the same as {@link toString}. A collection has no rows of its own; `list` asks for them. */
  toJSON(): string {
    return this.toString();
  }

  /** What console.log shows. */
  [inspect.custom](): string {
    return `${this.constructor.name}(${this.toString()})`;
  }
}

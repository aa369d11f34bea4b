import { checkInteger } from '../codec';
import { at, show, within, wrongValue } from '../errors';
import { whileOpen } from '../namespace/places';
import { waitFor, type WaitOptions } from '../events/wait';
import {
  getNamespaceId,
  listNamespaceIds,
  newNamespaceId,
  NO_NAMESPACE_ID,
  type NamespaceId,
} from '../protocol/namespace-id';
import { checkNamespaceTarget, type NamespaceTarget } from '../protocol/namespace-reference';
import { plainOnce } from '../once';
import { run } from '../transport/call';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { namespaceGone } from './namespace-end';

/**
 * The ids by which a namespace knows others. The kernel assigns one when it has to refer to a namespace, such as that
 * of a veth's peer; an id lasts as long as both namespaces, and cannot be changed or removed.
 */
export class NamespaceIdCollection extends Collection {
  /** All assigned ids. The kernel does not report which namespace an id stands for: see {@link get}. */
  list(): Promise<NamespaceId[]> {
    return askedLater(() => this.handle.transport.list(listNamespaceIds()));
  }

  /** The id of a namespace, or undefined if it has none here. */
  get(namespace: NamespaceTarget): Promise<number | undefined> {
    return asked(() =>
      withReference(namespace, async (given) => {
        const [id = NO_NAMESPACE_ID] = await this.handle.transport.query(getNamespaceId(given));
        return id === NO_NAMESPACE_ID ? undefined : id;
      }),
    );
  }

  /**
   * Assigns an id to a namespace, the next free one by default, and resolves with it. Rejects with EEXIST if the
   * namespace has one already, or if the id belongs to another.
   */
  add(namespace: NamespaceTarget, id?: number): Promise<number> {
    return asked(() =>
      withReference(namespace, (given) => {
        const { transport } = this.handle;
        return run({
          steps: [
            { at: transport, request: newNamespaceId(given, id) },
            { at: transport, request: getNamespaceId(given) },
          ],
          result: ([, found]) => (found?.replies[0] as number | undefined) ?? NO_NAMESPACE_ID,
        });
      }),
    );
  }

  /**
   * Waits until the kernel begins to end the namespace that has an id: no process, descriptor or socket holds it any
   * more. Its devices are deleted a moment later. Resolves at once if there is no such id, and rejects as
   * `links.waitFor` does.
   */
  waitFor(id: number, condition: 'gone', options?: WaitOptions): Promise<void> {
    return askedLater(() => this.wait(id, condition, options));
  }

  private async wait(id: number, condition: 'gone', options: WaitOptions | undefined): Promise<void> {
    at('id', () => {
      checkInteger(id, 0, 0x7fffffff);
    });
    if ((condition as unknown) !== 'gone') throw wrongValue(`must be gone, not ${show(condition)}`, 'condition');
    // Through the collection, so that the namespace is kept while the wait lasts.
    const list = () => this.list();
    await waitFor(this.handle, namespaceGone(id, list), options);
  }
}

/**
 * Runs a verb with something that a message can name: an open namespace, or a process, which the kernel looks up
 * itself.
 */
function withReference<Result>(
  target: NamespaceTarget,
  verb: (given: NamespaceTarget) => Promise<Result>,
): Promise<Result> {
  const given = plainOnce(target);
  at('namespace', () => {
    checkNamespaceTarget(given);
  });
  const isProcess = typeof given === 'object' && 'pid' in given;
  return isProcess
    ? verb(given)
    : whileOpen(
        [given],
        ([opened]) => verb(opened!),
        (error) => within('namespace', error),
      );
}

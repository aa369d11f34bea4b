import { begin, operate, takeId, type Operation, type Outcome } from '../transport/runtime';
import { Furnishing } from '../transport/trip';
import { inNamespace, inNewNamespace } from '../where';
import { NamespaceHandle } from './handle';
import { NAMESPACE_DIRECTORY } from './names';
import { adoptHandle } from './open-handle';
import { openedBy, succeed } from './outcome';

/** A namespace that is being made; requests can be prepared between its steps. */
export interface Creation {
  handle: NamespaceHandle;
  /** The furnishing that makes it, and all that is sent together with its creation. */
  furnishing: Furnishing;
  /** Asks for its name: from then on the namespace is to be kept. */
  keep: () => void;
  /** Gives it up instead. Resolves when it is gone. */
  abandon: (reason: unknown) => Promise<void>;
  /** Resolves when it is made and has its name; rejects with EEXIST if that is taken. */
  made: Promise<void>;
}

/** Begins to make a namespace, in a trip; with a name also the file that keeps it. */
export function beginCreation(name: string | undefined): Creation {
  const id = takeId();
  const furnishing = new Furnishing(id);
  const { id: trip } = furnishing.trip;
  const where = inNewNamespace(name);
  let missing = name === undefined ? 1 : 2;
  let isUnderWay = true;
  let ended: () => void = () => undefined;
  const operation: Operation = {
    settle(outcome) {
      stepEnded(outcome, () => {
        const opened = openedBy(outcome);
        handle.become(opened, inNamespace(name, opened.inode));
      });
      isUnderWay = false;
      ended();
    },
  };
  begin(
    operation,
    (addon) => {
      addon.createNamespace(id, undefined, undefined, trip);
    },
    id,
  );

  // The rest is prepared while the kernel makes it.
  let resolve: () => void = ended;
  let reject: (reason: unknown) => void = ended;
  const made = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  const handle = new NamespaceHandle({ where, number: () => id, socket: id, made: () => furnishing.done });

  function stepEnded(outcome: Outcome, follow?: () => void): void {
    try {
      succeed(outcome, where);
      follow?.();
      missing--;
      if (missing === 0) resolve();
    } catch (error) {
      reject(error);
    }
  }

  return {
    handle,
    furnishing,
    made,
    keep() {
      if (name === undefined) return;
      const settle = (outcome: Outcome) => {
        stepEnded(outcome);
      };
      begin({ settle }, (addon, operationId) => {
        addon.keepNamespace(operationId, id, NAMESPACE_DIRECTORY, name, trip);
      });
    },
    async abandon(reason) {
      made.catch(() => undefined);
      reject(reason);
      handle.close();
      if (isUnderWay) {
        await new Promise<void>((wake) => {
          ended = wake;
        });
      }
    },
  };
}

/** Makes a namespace; with a name also the file that keeps it. Rejects with EEXIST if the name is taken. */
export async function createHandle(name: string | undefined): Promise<NamespaceHandle> {
  const id = takeId();
  const opened = openedBy(succeed(await startCreation(id, name), inNewNamespace(name)));
  return new NamespaceHandle({ opened, where: inNamespace(name, opened.inode), number: () => id, socket: id });
}

function startCreation(id: number, name: string | undefined): Promise<Outcome> {
  const directory = name === undefined ? undefined : NAMESPACE_DIRECTORY;
  return operate(
    (addon) => {
      addon.createNamespace(id, directory, name);
    },
    undefined,
    id,
  );
}

/** Gives a name to an open namespace, and opens it again under that name. Rejects with EEXIST if the name is taken. */
export async function attachHandle(source: NamespaceHandle, name: string): Promise<NamespaceHandle> {
  const where = inNamespace(name, source.inode);
  const handle = await source.hold(() => adoptHandle(source.fd, where, source.where));
  try {
    const outcome = await handle.attempt((addon, id, namespace) => {
      addon.keepNamespace(id, namespace, NAMESPACE_DIRECTORY, name);
    });
    // What has the name is not this one.
    succeed(outcome, inNewNamespace(name));
    return handle;
  } catch (error) {
    handle.close();
    throw error;
  }
}

import type { NamespaceHandle } from '../namespace/handle';
import { checkedOptions, checkSignal, type Checks } from '../options';
import { generationTopic, getGeneration, type NftGeneration } from '../protocol/netfilter/nftables/generation';
import { Subscription } from '../transport/subscription';
import { currentFurnishing } from '../transport/trip';
import type { StreamEnd } from '../transport/table';
import { one } from './elements';
import { streamFrom } from './stream';

/** How long generations are watched. */
export interface NftWatchOptions {
  /** Ends the loop: it throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

const checks: Checks<NftWatchOptions> = { signal: checkSignal };

/** The states of the packet rules: the one of now, and each that comes. */
export function generationsOf(
  handle: NamespaceHandle,
  options: NftWatchOptions | undefined,
  owner: object | undefined,
): AsyncGenerator<NftGeneration, void, undefined> {
  return streamFrom(owner, (stream) => generations(handle, options, stream));
}

async function* generations(
  handle: NamespaceHandle,
  options: NftWatchOptions = {},
  stream: StreamEnd,
): AsyncGenerator<NftGeneration[], void, undefined> {
  const { signal } = checkedOptions(options, checks, '{ signal }');
  await currentFurnishing()?.done;
  signal?.throwIfAborted();
  const told: (NftGeneration | 'lost')[] = ['lost'];
  let wake: () => void = () => undefined;
  let failure: { error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
    wake();
  };
  const onAbort = () => {
    fail(signal?.reason);
  };
  handle.checkOpen();
  const subscription = new Subscription((start, chunk) => handle.use(start, chunk), generationTopic, {
    tell(news) {
      for (const event of news) told.push('subject' in event ? 'lost' : event);
      wake();
    },
    fail,
  });
  const unlisten = handle.onClose(fail);
  stream.end = () => {
    unlisten();
    subscription.close();
  };
  signal?.addEventListener('abort', onAbort);
  try {
    await Promise.race([
      subscription.inForce,
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
    ]);
    let last: number | undefined;
    for (;;) {
      if (failure !== undefined) throw failure.error;
      const next = told.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const generation = next === 'lost' ? await presentOf(handle) : next;
      if (last !== undefined && !isNewer(generation.id, last)) continue;
      last = generation.id;
      yield [generation];
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    stream.end();
  }
}

/** The state of now. Who asks is told, and not who made it. */
async function presentOf(handle: NamespaceHandle): Promise<NftGeneration> {
  const { id } = await one(handle.transport.query(getGeneration()));
  return { id };
}

/** Numbers begin again after the last. */
function isNewer(id: number, last: number): boolean {
  return ((id - last) | 0) > 0;
}

import type { NamespaceHandle } from '../../namespace/handle';
import { ask, type ServerAnswer } from './ask';
import type { Question } from './message';
import { candidates, type ResolverSettings } from './resolv-conf';

/** No server had an answer. `answered` is false where none of them responded at all. */
export class ResolutionFailure extends Error {
  override readonly name = 'ResolutionFailure';
  readonly answered: boolean;

  constructor(reasons: readonly string[], answered: boolean) {
    super(reasons.join('; '));
    this.answered = answered;
  }
}

let turn = 0;

/**
 * Asks the servers of a namespace for the addresses of a name, IPv4 and IPv6 side by side, with the search domains in
 * their order. Returns an empty array where the name does not exist or has no such addresses; rejects with a {@link
 * ResolutionFailure} where no server had an answer.
 */
export async function resolve(
  handle: NamespaceHandle,
  settings: ResolverSettings,
  hostname: string,
  types: readonly Question['type'][],
  signal?: AbortSignal,
): Promise<string[]> {
  const first = settings.rotate ? turn++ % settings.servers.length : 0;
  const servers = [...settings.servers.slice(first), ...settings.servers.slice(0, first)];
  let failure: ResolutionFailure | undefined;

  for (const name of candidates(hostname, settings)) {
    const asked = types.map((type) => askServers(handle, { ...settings, servers }, { name, type }, signal));
    const answers = await Promise.allSettled(asked);
    signal?.throwIfAborted();
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    for (const answer of answers) {
      if (answer.status === 'fulfilled') continue;
      if (!(answer.reason instanceof ResolutionFailure)) throw answer.reason;
      failure = answer.reason;
    }
    // A server that does not respond now will not respond for the next name either.
    if (failure?.answered === false) break;
  }
  if (failure !== undefined) throw failure;
  return [];
}

/** Asks one server after the other, until one has an answer. */
async function askServers(
  handle: NamespaceHandle,
  { servers, attempts, tcp, timeout }: ResolverSettings,
  question: Question,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const reasons: string[] = [];
  let answered = false;
  for (let attempt = 0; attempt < attempts; attempt++) {
    for (const server of servers) {
      const answer = await answerOf(server);
      if (answer.kind === 'addresses') return answer.addresses;
      reasons.push(`${server}: ${answer.code}`);
    }
  }
  throw new ResolutionFailure([...new Set(reasons)], answered);

  async function answerOf(server: string): Promise<ServerAnswer> {
    try {
      const answer = await ask(handle, server, question, { tcp, timeout, signal });
      answered = true;
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      // An error of the namespace itself, not of a server.
      if (handle.isClosed) throw error;
      return { kind: 'failure', code: (error as Error).message };
    }
  }
}

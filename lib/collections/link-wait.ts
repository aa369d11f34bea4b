import { checkInteger, checkLinkName, LONGEST_ALTERNATIVE_NAME, type LinkReference } from '../codec';
import { at, NetlinkError, retold, show, wrongType, wrongValue } from '../errors';
import { waitFor, type Condition, type WaitOptions } from '../events/wait';
import type { NamespaceHandle } from '../namespace/handle';
import { linkSubject, type Link } from '../protocol/link';

/**
 * The condition that a link is waited for.
 *
 * - `'present'`: there is a link of this name or index.
 * - `'carrier'`: it is up, and its driver has a carrier; a veth has one when its peer is up, too. The kernel may not
 *   have noticed yet, and drops packets until it has.
 * - `'up'`: it passes packets. Its operational state is 'up', or 'unknown' with a carrier for links that report no
 *   state (lo, dummy).
 * - A function, called with the link after each event about it: it returns true when the condition is met, otherwise
 *   false, and must not be async. The kernel sends no events about `alias` and alternative names while the link is
 *   down.
 */
export type LinkCondition = 'present' | 'carrier' | 'up' | ((link: Link) => boolean);

/** Looks a link up; rejects with ENODEV if there is no such link. */
export type GetLink = (device: LinkReference) => Promise<Link>;

const words = ['present', 'carrier', 'up', 'gone'] as const;

/** Throws unless a value is a condition of a link, or 'gone'. */
export function checkLinkCondition(condition: unknown): asserts condition is LinkCondition | 'gone' {
  if (typeof condition === 'function' || (words as readonly unknown[]).includes(condition)) return;
  const reason = `must be one of ${words.join(', ')}, or a function, not ${show(condition)}`;
  throw typeof condition === 'string' ? wrongValue(reason, 'condition') : wrongType(reason, 'condition');
}

/** Throws unless a value can name a link that is waited for. */
export function checkDevice(device: unknown): asserts device is LinkReference {
  at('device', () => {
    if (typeof device === 'string') checkLinkName(device, LONGEST_ALTERNATIVE_NAME);
    else if (typeof device === 'number') checkInteger(device, 1, 0x7fffffff);
    else throw wrongType(`must be the name or index of a link, not ${show(device)}`);
  });
}

/** Waits until a link is as it should be, and resolves with it; with 'gone', until there is none. `get` looks it up. */
export async function waitForLink(
  handle: NamespaceHandle,
  device: LinkReference,
  condition: LinkCondition | 'gone',
  get: GetLink,
  options: WaitOptions | undefined,
): Promise<unknown> {
  checkDevice(device);
  checkLinkCondition(condition);
  if (condition === 'gone') {
    await waitFor(handle, linkGone(device, get), options);
    return;
  }
  const awaited = condition === 'present' ? linkPresent(device, get) : linkReady(device, condition, get);
  return await waitFor(handle, awaited, options);
}

/** That there is a link. A name may come by a new link, or by an old one that is renamed. */
export function linkPresent(device: LinkReference, get: GetLink): Condition<Link> {
  return {
    awaited: `${String(linkSubject(device))} to be present`,
    lastState: () => 'absent',
    isNear(event) {
      if (event.subject !== 'link') return false;
      const { index, name, alternativeNames } = event.row;
      return index === device || name === device || alternativeNames?.includes(String(device)) === true;
    },
    async look() {
      const link = await get(device).catch(unlessGone);
      return link && { came: link };
    },
  };
}

/** A link meets the condition. Once found it is followed by its index, also when it is renamed. */
export function linkReady(
  device: LinkReference,
  condition: Exclude<LinkCondition, 'present'>,
  get: GetLink,
): Condition<Link> {
  const link = new FollowedLink(device, get);
  const isReady = typeof condition === 'function' ? answerOf(condition) : condition === 'up' ? isUp : hasCarrier;
  return {
    awaited: `${link.subject} ${typeof condition === 'function' ? 'to meet a condition' : `to be ${condition}`}`,
    lastState: () => link.state,
    isNear: (event) => (event.subject === 'link' || event.subject === 'port') && link.isOf(event.row.index),
    async look() {
      const now = await link.get();
      return isReady(now) ? { came: now } : undefined;
    },
  };
}

/** The result of a function for a link. Throws unless it is true or false: a promise would count as true. */
function answerOf(condition: (link: Link) => unknown): (link: Link) => boolean {
  return (link) => {
    const answer = condition(link);
    if (typeof answer === 'boolean') return answer;
    // Its result is not used.
    if (isPromise(answer)) Promise.resolve(answer).catch(() => undefined);
    const what = isPromise(answer) ? 'a promise, which is not awaited' : show(answer);
    throw wrongType(`must return true or false, not ${what}`, 'condition');
  };
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}

/**
 * A link is deleted, or moved to another namespace. Once found it is followed by its index, also when it is renamed.
 */
export function linkGone(device: LinkReference, get: GetLink): Condition<void> {
  const link = new FollowedLink(device, get);
  return {
    awaited: `${link.subject} to be gone`,
    lastState: () => 'still there',
    isNear: (event) => event.subject === 'link' && event.action === 'delete' && link.isOf(event.row.index),
    look: async () => ((await link.get().catch(unlessGone)) === undefined ? { came: undefined } : undefined),
  };
}

/** A link that is looked up by its name once, and then followed by its index. */
export class FollowedLink {
  readonly subject: string;
  private link: Link | undefined;

  constructor(
    private readonly device: LinkReference,
    private readonly look: GetLink,
  ) {
    this.subject = String(linkSubject(device));
  }

  /** The state that was seen last, in a word. */
  get state(): string {
    if (this.link === undefined) return 'not looked at yet';
    const { up, operationalState = 'unknown', flags } = this.link;
    if (!up) return 'the link is down';
    const isCut = operationalState === 'lower-layer-down' || !flags.includes('lower-up');
    return isCut ? `${operationalState}, no carrier` : operationalState === 'up' ? 'up' : String(operationalState);
  }

  /** The link as it is now. If it is gone, rejects with ENODEV and the name by which it was first found. */
  async get(): Promise<Link> {
    try {
      return (this.link = await this.look(this.link?.index ?? this.device));
    } catch (error) {
      if (this.link === undefined || !isGone(error)) throw error;
      throw retold(error, { subject: this.subject, property: 'device' });
    }
  }

  /** Whether an event may be about the link with this index. Any event may be, until the link is known. */
  isOf(index: number): boolean {
    return this.link === undefined || this.link.index === index;
  }
}

function isUp(link: Link): boolean {
  return link.operationalState === 'up' || (link.operationalState === 'unknown' && hasCarrier(link));
}

/** The kernel sets the flag for links that are up and have a carrier; `carrier` alone is kept for those that are down. */
function hasCarrier({ up, flags }: Link): boolean {
  return up && flags.includes('lower-up');
}

function isGone(error: unknown): error is NetlinkError {
  return error instanceof NetlinkError && error.code === 'ENODEV';
}

function unlessGone(error: unknown): undefined {
  if (!isGone(error)) throw error;
}

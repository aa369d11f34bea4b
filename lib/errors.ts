import { deepenStacks, isArgumentError, placeIn, tellPlaceBy } from './argument-errors';
import { holds, type Capability } from './capabilities';
import { ERRNO, errorName, errorText } from './errno';
import { namespaceOf, type ErrorNamespace, type Where } from './where';

// All errors come from this file, so that there is one class of each in a process, and `instanceof` works.
export * from './argument-errors';

/** A failure that the operating system reported. */
export interface SystemFailure {
  /** The error's number, positive: 17. */
  errno: number;
  /** Where it happened. */
  where: Where;
}

/**
 * An operation that the operating system refused, or a wait that failed. `code` says why, `namespace` where. {@link
 * NetlinkError}, {@link NamespaceError} and {@link WaitError} are of this class; wrong arguments reject with a
 * TypeError or a RangeError.
 */
export abstract class RtnetlinkError extends Error {
  /** The error's name: 'EEXIST'. */
  abstract readonly code: string;
  /** The error's number, positive: 17. */
  readonly errno: number;
  /** The namespace; undefined if the target was not a namespace. The message describes it in words. */
  readonly namespace: ErrorNamespace | undefined;

  constructor(message: string, { errno, where }: SystemFailure) {
    const restore = deepenStacks();
    super(message);
    restore();
    this.errno = errno;
    this.namespace = namespaceOf(where);
  }
}

/**
 * An error of this library whose stack begins at the caller of `below`, or of what awaits there; others as they are. Where an argument is
 * refused there are more frames than an error shows, of which none is the caller's.
 */
export function leadingOut(error: unknown, below: (...given: never[]) => unknown): unknown {
  if (isArgumentError(error) || error instanceof RtnetlinkError) Error.captureStackTrace(error, below);
  return error;
}

/**
 * Has the stack of an error of Node, which was made where nothing is known of who asked, lead to what awaits the function `below`, an async one
 * that has awaited something.
 */
export function ledToCaller<Failure extends Error>(error: Failure, below: (...given: never[]) => unknown): Failure {
  const restore = deepenStacks();
  Error.captureStackTrace(error, below);
  restore();
  return error;
}

/** As a promise is settled, but behind an await: the stack of what it rejects with leads to what awaits this one. */
export async function ledOut<Result>(running: Promise<Result>): Promise<Result> {
  try {
    return await running;
  } catch (error) {
    throw leadingOut(error, ledOut);
  }
}

export interface NetlinkFailure extends SystemFailure {
  /** The request's name: 'RTM_NEWLINK'. */
  request: string;
  /** The system call that failed, if it was not the request itself. */
  syscall?: string | undefined;
  /** What the request was about: "link 'br0'". */
  subject?: string | undefined;
  /** The kernel's own words (extended acknowledgement). */
  kernelMessage?: string | undefined;
  /** The property that the kernel pointed at: 'port', 'peer.mtu'. */
  property?: string | undefined;
  /** What the error number means here, where the kernel has no words: 'there is no such route'. */
  reason?: string | undefined;
  /** What may be wrong, or what to do: 'this kernel does not have it'. */
  hint?: string | undefined;
  /** What the same call had changed before, and what stays changed. */
  done?: readonly string[] | undefined;
  /** For an array: the index of the first element that failed. */
  element?: number | undefined;
  /** For an array: all elements that failed. */
  refused?: readonly RefusedElement[] | undefined;
  /** For an array whose elements have results: the result of each, undefined for those that failed. */
  results?: readonly unknown[] | undefined;
}

/** An element of an array whose request failed. */
export interface RefusedElement {
  /** Its index. */
  element: number;
  /** Why: 'EEXIST'. */
  code: string;
}

/**
 * The kernel refused a netlink request.
 *
 * `code` is the error's name ('EEXIST'), `request` the request ('RTM_NEWLINK'), `kernelMessage` the kernel's own words
 * if it gave any, `property` the option that was refused, `capability` what the caller lacks, on EPERM and EACCES,
 * `hint` what may be wrong, or what to do ('this kernel does not have it').
 *
 * Where an array was given, `element` is the index of the first refused element, with which `property` begins
 * ('[17].gateway'), and `refused` lists all of them, in order; the other elements are done. For verbs whose elements
 * have results (`links.add`, `nexthops.add`), `results` has them in order, with undefined in the place of refused
 * elements.
 *
 * Where a change takes several requests, `done` names the properties that were changed before one was refused.
 */
export class NetlinkError extends RtnetlinkError {
  /** 'NetlinkError'. */
  override readonly name = 'NetlinkError';
  /** The error's name: 'EEXIST'. */
  readonly code: string;
  /** What was asked of the kernel: 'RTM_NEWLINK'. */
  readonly request: string;
  /** The system call that failed, such as 'setns' or 'recvmsg'; undefined where the kernel answered the request with the error. */
  readonly syscall: string | undefined;
  /** What the request was about: "link 'br0'"; undefined if there is nothing to name. */
  readonly subject: string | undefined;
  /** The kernel's own words (extended acknowledgement): 'Nexthop has invalid gateway'. Undefined if it gave none. */
  readonly kernelMessage: string | undefined;
  /**
   * The refused property, as it was written in the options: 'gateway', 'peer.mtu', of an array '[17].gateway'.
   * Undefined if neither the kernel pointed at one nor the library knows it.
   */
  readonly property: string | undefined;
  /** What may be wrong, or what to do about it: 'this kernel does not have it'. Undefined if that is not known. */
  readonly hint: string | undefined;
  /** What the process lacks, on EPERM and EACCES. Undefined if it has it, or another error occurred. */
  readonly capability: Capability | undefined;
  /** Where an array was given: the index of the first element that was refused. */
  readonly element: number | undefined;
  /** Where an array was given: all elements that were refused, in order, with the code of each. The others are done. */
  readonly refused: readonly RefusedElement[] | undefined;
  /**
   * For an array whose elements have results (`links.add`, `nexthops.add`): the results, in order, with undefined in
   * the place of elements that were refused.
   */
  readonly results: readonly unknown[] | undefined;
  /** Where a change took several requests: the properties that were changed before one was refused, and stay so. */
  readonly done: readonly string[] | undefined;

  constructor(failure: NetlinkFailure) {
    const capability = lacking(failure.errno, failure.syscall ?? failure.request);
    const property = placeOf(failure);
    super(
      [
        `${failure.syscall ?? failure.request}: ${errorName(failure.errno)}`,
        failure.kernelMessage ?? failure.reason ?? errorText(failure.errno),
        property === undefined ? undefined : `at ${property}`,
        othersOf(failure),
        failure.done === undefined ? undefined : `after ${failure.done.join(', ')} changed`,
        capability === undefined ? undefined : `${capability} is missing`,
      ]
        .filter((part) => part !== undefined)
        .join(', ') +
        (failure.hint === undefined ? '' : `: ${failure.hint}`) +
        ` (${failure.subject === undefined ? '' : `${failure.subject}, `}${failure.where.text})`,
      failure,
    );
    failures.set(this, failure);
    this.code = errorName(failure.errno);
    this.request = failure.request;
    this.syscall = failure.syscall;
    this.subject = failure.subject;
    this.kernelMessage = failure.kernelMessage;
    this.property = property;
    this.hint = failure.hint;
    this.capability = capability;
    this.element = failure.element;
    this.refused = failure.refused;
    this.results = failure.results;
    this.done = failure.done;
  }
}

/** The failure that each error was made of. */
const failures = new WeakMap<NetlinkError, NetlinkFailure>();

/** An error with some parts of its failure replaced. */
export function retold(error: NetlinkError, more: Partial<NetlinkFailure>): NetlinkError {
  return new NetlinkError({ ...failures.get(error)!, ...more });
}

/** What a failure is told of its place, when it has one inside that already. */
function placedIn(
  { property }: NamespaceFailure,
  place: string | number,
): Pick<NamespaceFailure, 'property' | 'element'> {
  return typeof place === 'number' ? { element: place } : { property: placeIn(place, property) };
}

function placeOf({ element, property }: Pick<NetlinkFailure, 'element' | 'property'>): string | undefined {
  if (element === undefined) return property;
  return placeIn(`[${String(element)}]`, property);
}

function othersOf({ element, refused = [] }: NetlinkFailure): string | undefined {
  return element === undefined || refused.length < 2 ? undefined : `the first of ${String(refused.length)}`;
}

export interface NamespaceFailure extends SystemFailure {
  /** The system call that failed: 'unshare', 'open', 'mount'. */
  syscall: string;
  /** What it was about, beside the namespace: "sysctl 'net.ipv4.ip_forward'", "'/sys'". */
  subject?: string | undefined;
  /** Why it failed, where more is known than the error number says. */
  reason?: string | undefined;
  /** The capability that would permit it, where it does not follow from the system call. */
  needs?: Capability | undefined;
  /** The property of the options that was refused: 'peer.namespace'. */
  property?: string | undefined;
  /** Of an array: the index of the element that it is in. */
  element?: number | undefined;
}

/**
 * A namespace could not be made, opened, entered or deleted, or a file in it could not be used. `syscall` says where it
 * failed, `code` why.
 */
export class NamespaceError extends RtnetlinkError {
  /** 'NamespaceError'. */
  override readonly name = 'NamespaceError';
  /** The error's name: 'ENOENT'. */
  readonly code: string;
  /** What failed: a system call, such as 'unshare', 'open' or 'mount', or 'use', of a namespace that is closed. */
  readonly syscall: string;
  /**
   * What else it was about: "sysctl 'net.ipv4.ip_forward'", a file, a link; what was to be opened, if that is not the name of a
   * namespace ('process 4711'); undefined if it was about the namespace alone.
   */
  readonly subject: string | undefined;
  /** The property of the options that was refused, as it was written: 'device', 'peer.namespace', of an array '[17].namespace'. */
  readonly property: string | undefined;
  /** Where an array was given: the index of the element that was refused. Nothing was done then. */
  readonly element: number | undefined;
  /** What the process lacks, on EPERM and EACCES. Undefined if it has it, or another error occurred. */
  readonly capability: Capability | undefined;

  constructor(failure: NamespaceFailure) {
    const property = placeOf(failure);
    const capability = lacking(failure.errno, failure.syscall, failure.needs);
    super(
      `${failure.syscall}: ${errorName(failure.errno)}, ${explain(failure)}` +
        (property === undefined || failure.subject !== undefined ? '' : `, at ${property}`) +
        (capability === undefined ? '' : `, ${capability} is missing`) +
        ` (${failure.subject === undefined ? '' : `${failure.subject}, `}${failure.where.text})`,
      failure,
    );
    tellPlaceBy(this, (place) => new NamespaceError({ ...failure, ...placedIn(failure, place) }));
    this.code = errorName(failure.errno);
    this.syscall = failure.syscall;
    this.subject = failure.subject ?? (failure.where.isNamespace ? undefined : failure.where.text);
    this.property = property;
    this.element = failure.element;
    this.capability = capability;
  }
}

/** Why a wait failed. */
export interface WaitFailure {
  code: keyof typeof waitErrors;
  /** The state that was found instead. */
  text: string;
  /** What was awaited: "link 'eth0' to be up". */
  awaited: string;
  where: Where;
}

/**
 * A wait failed: `code` is 'ETIMEDOUT' if the condition was not met in time, 'EADDRINUSE' if it never will be, because
 * another host has the IPv6 address (duplicate address detection failed). `awaited` describes the condition.
 */
export class WaitError extends RtnetlinkError {
  /** 'WaitError'. */
  override readonly name = 'WaitError';
  /** 'ETIMEDOUT': not in time. 'EADDRINUSE': another host has the address, so the link will not get it. */
  readonly code: 'ETIMEDOUT' | 'EADDRINUSE';
  /** What was awaited: "link 'eth0' to be up". */
  readonly awaited: string;

  constructor({ code, text, awaited, where }: WaitFailure) {
    const about = awaited.endsWith(where.text) ? awaited : `${awaited}, ${where.text}`;
    super(`waitFor: ${code}, ${text} (${about})`, { errno: waitErrors[code], where });
    this.code = code;
    this.awaited = awaited;
  }
}

const waitErrors = { ETIMEDOUT: 110, EADDRINUSE: 98 } as const;

/** An explanation where the text of the error number is not enough. */
function explain({ syscall, errno, reason, where }: NamespaceFailure): string {
  if (reason !== undefined) return reason;
  const isByName = where.isNamespace && where.name !== undefined;
  if (errno === ERRNO.ENOENT && isByName && (syscall === 'open' || syscall === 'unlink'))
    return 'there is no such namespace';
  if (errno === ERRNO.EEXIST && isByName && syscall === 'open') return 'the name is taken';
  if (syscall === 'procfs') return 'no proc file system at /proc';
  if (syscall === 'NS_GET_NSTYPE') return 'not a network namespace';
  if (syscall === 'use') return errno === ERRNO.EAGAIN ? 'it is still being made' : 'its handle is closed';
  if (errno === ERRNO.EMFILE)
    return `${errorText(errno)}: RLIMIT_NOFILE of this process, of which each open namespace takes one`;
  return errorText(errno);
}

/**
 * Which capability a permission error asks for. Undefined if the process has it: then the kernel had another reason, or
 * the namespace belongs to a user namespace in which the process does not have it.
 */
function lacking(errno: number, where: string, needs?: Capability): Capability | undefined {
  if (errno !== ERRNO.EPERM && errno !== ERRNO.EACCES) return undefined;
  const capability = needs ?? capabilities[where] ?? (errno === ERRNO.EPERM ? 'CAP_NET_ADMIN' : undefined);
  return capability === undefined || holds(capability) ? undefined : capability;
}

const capabilities: Readonly<Record<string, Capability>> = {
  unshare: 'CAP_SYS_ADMIN',
  setns: 'CAP_SYS_ADMIN',
  mount: 'CAP_SYS_ADMIN',
  fsopen: 'CAP_SYS_ADMIN',
  fsconfig: 'CAP_SYS_ADMIN',
  fsmount: 'CAP_SYS_ADMIN',
  umount2: 'CAP_SYS_ADMIN',
  bind: 'CAP_NET_BIND_SERVICE',
  mkdir: 'CAP_DAC_OVERRIDE',
  open: 'CAP_DAC_OVERRIDE',
  openat2: 'CAP_DAC_OVERRIDE',
  unlink: 'CAP_DAC_OVERRIDE',
  socket: 'CAP_NET_RAW',
  // A link in another namespace, by its id, is for those who may change it.
  RTM_GETLINK: 'CAP_NET_ADMIN',
};

/* eslint-disable @typescript-eslint/no-require-imports -- loaded when the kernel refused something */
import { ERRNO, errorName } from '../errno';
import { NetlinkError, type NetlinkFailure } from '../errors';
import { textOfSubject, type Request } from '../protocol/netlink';
import type * as Reasons from '../protocol/reasons';
import { whenNeeded } from '../when-needed';
import { type Where } from '../where';
import { notSent, type Answer } from './batch';
import type { BulkFailure } from './bulk';
import type { Failure } from './request-messages';

const loaded = whenNeeded({ reasons: () => require('../protocol/reasons') as typeof Reasons });

/** Without a descriptor left it cannot be loaded. */
const reasonOf: typeof Reasons.reasonOf = (...refusal) => {
  try {
    return loaded.reasons.reasonOf(...refusal);
  } catch {
    return undefined;
  }
};

/** The error of a request that failed; `where` is how errors call the namespace. */
export function failureOf(
  request: Pick<Request, 'name' | 'subject' | 'hint'>,
  answer: Failure,
  where: Where,
  more?: Pick<NetlinkFailure, 'element' | 'refused' | 'done'>,
): NetlinkError {
  const { subject } = request;
  const { errno, call, text, unknownLink } = answer;
  const hint = call === undefined ? request.hint?.(errno, text, unknownLink, answer.property) : undefined;
  const unknown = answer.errno === ERRNO.ENODEV && answer.unknownLink !== undefined;
  const property = hint?.property ?? answer.property;
  return new NetlinkError({
    errno: answer.errno,
    request: request.name,
    syscall: answer.call,
    subject: textOfSubject(subject),
    kernelMessage: unknown ? `there is no link '${String(answer.unknownLink)}'` : answer.text,
    property,
    reason: answer.call === undefined ? reasonOf(request.name, answer.errno, property) : undefined,
    hint: hint?.text,
    where,
    ...more,
  });
}

/** The error of the requests of many elements. */
export function failureOfMany({ failure, request, element, elements }: BulkFailure, where: Where): NetlinkError {
  const refused = elements.map((one) => ({ element: one.element, code: errorName(one.errno) }));
  return failureOf(request, failure, where, { element, refused });
}

/** How requests of many elements ended that were sent one by one; undefined if all are done. */
export async function failureAmong(
  requests: readonly Request[],
  answered: readonly Promise<Answer<never>>[],
): Promise<BulkFailure | undefined> {
  const answers = await Promise.all(answered);
  const isRefused = ({ errno, call }: Failure) => errno !== 0 && (errno !== notSent.errno || call === undefined);
  const refused = answers.flatMap((answer, element) => (isRefused(answer) ? [{ element, errno: answer.errno }] : []));
  // After a failure of something else there is none.
  const missing = answers.flatMap(({ errno }, element) => (errno === 0 ? [] : [{ element, errno }]));
  const elements = refused.length > 0 ? refused : missing;
  const element = elements[0]?.element;
  if (element === undefined) return undefined;
  return { elements, element, failure: answers[element]!, request: requests[element]! };
}

/** Emits a warning for what the kernel said about a request that succeeded. */
export function warn(request: Pick<Request, 'name'>, { text }: Failure): void {
  if (text !== undefined) process.emitWarning(`${request.name}: ${text}`, 'NetlinkWarning');
}

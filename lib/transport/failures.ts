import { ERRNO, errorName } from '../errno';
import { NetlinkError, type NetlinkFailure } from '../errors';
import type { Request } from '../protocol/netlink';
import { type Where } from '../where';
import type { Failure } from './batch';
import type { BulkFailure } from './bulk';

/** The error of a request that failed; `where` is how errors call the namespace. */
export function failureOf(
  request: Pick<Request, 'name' | 'subject' | 'hint'>,
  answer: Failure,
  where: Where,
  more?: Pick<NetlinkFailure, 'element' | 'refused' | 'done'>,
): NetlinkError {
  const { subject } = request;
  const hint = answer.call === undefined ? request.hint?.(answer.errno, answer.text, answer.unknownLink) : undefined;
  const unknown = answer.errno === ERRNO.ENODEV && answer.unknownLink !== undefined;
  return new NetlinkError({
    errno: answer.errno,
    request: request.name,
    syscall: answer.call,
    subject: typeof subject === 'function' ? subject() : subject,
    kernelMessage: unknown ? `there is no link '${String(answer.unknownLink)}'` : answer.text,
    property: hint?.property ?? answer.property,
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

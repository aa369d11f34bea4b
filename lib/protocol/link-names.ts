import { checkLinkName, LONGEST_ALTERNATIVE_NAME, member, message, type LinkReference, type LinkSlot } from '../codec';
import { ERRNO } from '../errno';
import { at } from '../errors';
import { checkDevice, linkSubject } from './link';
import { linkFields } from './link-attributes';
import { ifinfomsg, ofDevice } from './link-header';
import { NLM_F, ofUnknownIndex, type Request } from './netlink';
import { RTM } from './rtnetlink';

export const alternativeNames = message(ifinfomsg, {
  device: member(ifinfomsg, 'index'),
  alternativeNames: linkFields.alternativeNames,
});

const verbsOfNames = {
  add: { name: 'RTM_NEWLINKPROP', type: RTM.NEWLINKPROP, flags: NLM_F.CREATE | NLM_F.EXCL | NLM_F.APPEND },
  delete: { name: 'RTM_DELLINKPROP', type: RTM.DELLINKPROP, flags: 0 },
} as const;

function changeNames(device: LinkReference | LinkSlot, names: readonly string[], verb: 'add' | 'delete'): Request {
  return {
    ...verbsOfNames[verb],
    subject: linkSubject(device),
    changesNames: true,
    locate: alternativeNames.locate,
    encode: (writer) => {
      alternativeNames.encode(writer, { alternativeNames: names }, { header: ofDevice(device) });
    },
  };
}

/** The request to add or remove an alternative name. */
export function changeAlternativeName(device: LinkReference, name: string, verb: 'add' | 'delete'): Request {
  checkDevice(device);
  at('name', () => {
    checkLinkName(name, LONGEST_ALTERNATIVE_NAME);
  });
  const request = changeNames(device, [name], verb);
  return {
    ...request,
    hint: (errno, said) =>
      errno === ERRNO.EEXIST || errno === ERRNO.ENOENT ? { property: 'name' } : ofUnknownIndex(device)?.(errno, said),
    locate(...place) {
      const property = request.locate!(...place);
      return property === 'alternativeNames' ? 'name' : property;
    },
  };
}

/** The request to add alternative names to a link that was just made. */
export function nameLink(made: LinkReference | LinkSlot, names: readonly string[]): Request {
  return {
    ...changeNames(made, names, 'add'),
    hint: (errno) =>
      errno === ERRNO.EEXIST ? { property: 'alternativeNames', text: 'one of them is taken' } : undefined,
  };
}

/* eslint-disable @typescript-eslint/no-require-imports -- each is loaded when it is first called */
import { whenNeeded } from '../when-needed';
import type * as LinkVerbs from './link-verbs';
import type * as Names from './names-of-links';
import type * as Waits from './waits';

/** Functions that some verbs need, but not lists and most requests. */
export const verbs = whenNeeded({
  links: () => require('./link-verbs') as typeof LinkVerbs,
  names: () => require('./names-of-links') as typeof Names,
  waits: () => require('./waits') as typeof Waits,
});

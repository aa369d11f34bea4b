/** What the verbs of links need that take several steps or the present state, or are rare. */
export { findNamespaceOfId } from '../namespace/find';
export { checkChangeable } from '../protocol/link-changeable';
export { changeAlternativeName } from '../protocol/link-names';
export { deleteTogether } from './delete-together';
export { namingTaken } from './index-taken';
export { isOneMessage, linkChange } from './link-changes';
export {
  checkOpenPlaces,
  checkPlace,
  linkCreation,
  namespacesOf,
  peerOf,
  placeNames,
  placesOf,
  requestsOf,
  withOpenNamespaces,
} from './link-creation';
export { run } from '../transport/call';

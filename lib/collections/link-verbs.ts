/** The verbs of links that take several steps, or need the present state. */
export { findNamespaceOfId } from '../namespace/find';
export { checkChangeable } from '../protocol/link-changeable';
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

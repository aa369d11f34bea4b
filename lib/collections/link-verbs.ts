/** The verbs of links that take several steps, or need the present state. */
export { findNamespaceOfId } from '../namespace/find';
export { checkChangeable } from '../protocol/link-changeable';
export { deleteTogether } from './delete-together';
export { namingIndex } from './index-taken';
export { isOneMessage, linkChange } from './link-changes';
export {
  checkPlace,
  linkCreation,
  namespacesOf,
  peerOf,
  placesOf,
  requestsOf,
  withOpenNamespaces,
} from './link-creation';

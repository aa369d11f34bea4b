/** The waits of collections, for links and for addresses. */
export { waitForAddresses } from './address-wait';
export { waitForLink } from './link-wait';

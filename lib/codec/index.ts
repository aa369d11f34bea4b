/** The codec: netlink bytes to objects and back, from declarations. It knows no family and no socket. */
export * from './addresses';
export * from './attributes';
export * from './headed';
export * from './integers';
export * from './link-index';
export * from './socket-address';
export * from './struct';
export * from './text';
export * from './type';
export * from './words';
export * from './writer';
export { hostOrder } from './byte-order';

/** A filter whose properties were each read once, at the call; what is no object stays as it is, to be refused. */
export function copyOf<Filter>(filter: Filter): Filter {
  return typeof filter === 'object' && filter !== null ? { ...filter } : filter;
}

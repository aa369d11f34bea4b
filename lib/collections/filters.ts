import { isObject, show, wrongType } from '../errors';
import { ownCopy } from '../once';

/** Which rows a flush removes: those that a filter selects, or 'all'. The filter must not be empty. */
export type FlushFilter<Filter extends object> = 'all' | FlushSelection<Filter>;

/** A filter without undefined properties: one that is undefined by mistake would select more. */
export type FlushSelection<Filter extends object> = {
  [Property in keyof Filter]?: Exclude<Filter[Property], undefined>;
};

/**
 * The filter of a flush, each property read once; 'all' is a filter without properties. Throws if it is empty, or if a
 * property is undefined, also beside others: by mistake that would remove more than was meant.
 */
export function flushFilter<Filter extends object>(filter: FlushFilter<Filter>, example: string): Partial<Filter> {
  if (filter === 'all') return {};
  if (!isObject(filter)) {
    throw wrongType(`must be a filter such as ${example}, or 'all', not ${show(filter)}`, 'filter');
  }
  const given = ownCopy(filter);
  for (const name in given) if (given[name] === undefined) throw wrongType(`must not be undefined: ${advice}`, name);
  // A switch that is off selects nothing.
  if (Object.values(given).every((value) => value === false)) {
    throw wrongType(`must name what to flush, such as ${example}, or be 'all', not ${show(filter)}`, 'filter');
  }
  return given as Partial<Filter>;
}

const advice = "give it a value or leave it out; flush('all') takes everything";

import { canonical, type AnyMessage, type IpFamily } from '../codec';
import { wrongValue } from '../errors';
import { familyOption, type IpFamilyOption } from './family';
import { checkFilter } from './filter';

/** What a filter asks for. */
interface RowFilter<Row> {
  family: IpFamily | undefined;
  isWanted: (row: Row) => boolean;
}

/**
 * Reads a filter that says what some properties of rows shall be, and their family. The declaration brings the values into the form
 * that rows have: 254 is 'main'. Throws for what is no filter.
 */
export function rowFilter<Row extends object>(
  what: string,
  filter: object,
  names: readonly string[],
  message: AnyMessage<Row>,
  { hasFamily = true } = {},
): RowFilter<Row> {
  checkFilter(filter);
  const { family: given, ...properties } = filter as Record<string, unknown>;
  for (const name in properties) if (!names.includes(name)) throw wrongValue(`is not a filter of ${what}`, name);
  if (given !== undefined && !hasFamily) throw wrongValue(`is not a filter of ${what}`, 'family');
  const said = Object.entries(properties).filter(([, value]) => value !== undefined);
  const asked = said.map(([name]) => name);
  const family = familyOption(given as IpFamilyOption | undefined);
  const wanted = canonical(message, Object.fromEntries(said)) as Record<string, unknown>;
  return {
    family,
    isWanted(row) {
      const values = row as Record<string, unknown>;
      return (family === undefined || values.family === family) && asked.every((name) => values[name] === wanted[name]);
    },
  };
}

import { checkInteger, checkText, type Names } from '../../../codec';
import { checkArgument } from '../../../errors';
import { checkOptions, whenRead, type Checks } from '../../../options';
import type { IpFamilyOption } from '../../family';
import { NLM_F, type Query } from '../../netlink';
import { IPCTNL_MSG_EXP } from './ctnetlink';
import { aboutExpectations, expectation, type Expectation } from './expectation';
import { protocolNumber, protocolWord, type ConnectionProtocol } from './protocols';
import type { ConnectionTupleFilter } from './tuple';
import { checkSelects, checkTuples, familyIn, filterOnce, tupleSelection } from './tuple-filter';

const noNames: Names = { has: () => false };

/** Which expectations a list has: those that have all of this. */
export interface ExpectationFilter {
  /** Those of this family. The kernel selects them. */
  family?: IpFamilyOption | undefined;
  /** Those of connections of this protocol. */
  protocol?: ConnectionProtocol | undefined;
  /** Those of connections with these addresses and ports. */
  tuple?: ConnectionTupleFilter | undefined;
  /** Those of the connections that have these addresses and ports. */
  master?: ConnectionTupleFilter | undefined;
  /** Those of this helper. */
  helper?: string | undefined;
  /** Those in this zone; 0 for those in none. */
  zone?: number | undefined;
}

const checks: Checks<ExpectationFilter> = {
  // By `familyIn`.
  family: whenRead,
  protocol: (protocol) => void protocolNumber(protocol),
  tuple: whenRead,
  master: whenRead,
  helper(helper) {
    checkText(helper, 15);
  },
  zone(zone) {
    checkInteger(zone, 0, 0xffff);
  },
};

/** Asks for expectations; all is selected here, but for the family. */
export function listExpectations(filter: ExpectationFilter = {}): Query<Expectation> {
  return readExpectationFilter(filter).query;
}

/** Reads a filter of expectations. That of a flush may have no part that selects everything. */
export function readExpectationFilter(
  given: ExpectationFilter,
  { toFlush = false } = {},
): {
  query: Query<Expectation>;
  isMeant: (row: Expectation) => boolean;
} {
  checkArgument('filter', given, "{ helper: 'ftp' }");
  const filter = filterOnce(given, ['tuple', 'master']);
  checkOptions(filter, checks, 'is not a filter of expectations', 'the filters are');
  if (toFlush) checkSelects(filter, ['tuple', 'master']);
  const { protocol, tuple, master, helper, zone } = filter;
  const number = protocol === undefined ? undefined : protocolNumber(protocol);
  checkTuples({ tuple }, number);
  checkTuples({ master }, undefined);
  const family = familyIn(filter.family, { tuple, master });
  const word = number === undefined ? undefined : protocolWord(number);
  const [ofTuple, ofMaster] = [tupleSelection(tuple), tupleSelection(master)];
  const isMeant = (row: Expectation) =>
    (family === undefined || row.family === family) &&
    (word === undefined || row.protocol === word) &&
    (helper === undefined || row.helper === helper) &&
    (zone === undefined || (row.zone ?? 0) === zone) &&
    ofTuple(row.tuple) &&
    ofMaster(row.master);
  const query: Query<Expectation> = {
    ...aboutExpectations('GET', IPCTNL_MSG_EXP.GET, {
      flags: NLM_F.DUMP,
      encode(writer) {
        expectation.encode(writer, {}, { header: { family }, only: noNames });
      },
    }),
    decode(source, start, end) {
      const row = expectation.decode(source, start, end);
      return isMeant(row) ? row : undefined;
    },
  };
  return { query, isMeant };
}

import { attributes, constant, list, message, nested, required, text, u32, type LinkReference } from '../../../codec';
import type { Query } from '../../netlink';
import { genlmsghdr } from '../generic';
import { ethtool, ETHTOOL_MSG, headerFields, subjectOf } from './ethtool';

const ETHTOOL_A_STRSET_STRINGSETS = 2;
const STRINGSETS_STRINGSET = 1;
const STRINGSET = { ID: 1, COUNT: 2, STRINGS: 3 } as const;
const STRINGS_STRING = 1;
const STRING = { INDEX: 1, VALUE: 2 } as const;
/** ETH_GSTRING_LEN, without the NUL. */
const LONGEST_STRING = 31;

/** The sets of names that a link has (ETH_SS_*). */
const ETH_SS = { STATS: 1 } as const;

const string = attributes({
  index: constant(u32(STRING.INDEX), 0),
  value: constant(text(STRING.VALUE, LONGEST_STRING), ''),
});

const stringSet = attributes({
  id: required(u32(STRINGSET.ID), 'must be the number of a set'),
  strings: list(STRINGSET.STRINGS, nested(STRINGS_STRING, string)),
});

const stringSets = message(genlmsghdr, {
  ...headerFields,
  sets: list(ETHTOOL_A_STRSET_STRINGSETS, nested(STRINGSETS_STRINGSET, stringSet)),
});

/** The names of a link's statistics, and the name of the link. */
export interface StatisticNames {
  /** Its name now. */
  device: string;
  /** Those of the driver's counters, in their order. */
  names: string[];
}

/** Asks for the names of the statistics that a link's driver keeps. */
export function getStatisticNames(device: LinkReference): Query<StatisticNames> {
  return {
    ...ethtool.request(stringSets, {
      name: 'ETHTOOL_MSG_STRSET_GET',
      command: ETHTOOL_MSG.STRSET_GET,
      subject: subjectOf(device),
      values: { device, sets: [{ id: ETH_SS.STATS }] },
    }),
    decode(...place) {
      const { name = '', sets = [] } = stringSets.decode(...place);
      const { strings = [] } = sets.find(({ id }) => id === ETH_SS.STATS) ?? {};
      const names: string[] = [];
      for (const { index, value } of strings) names[index] = value;
      return { device: name, names };
    },
  };
}

import { message, readOnly, type LinkReference } from '../../../codec';
import { ERRNO } from '../../../errno';
import { checkIsObject, show, wrongType, wrongValue } from '../../../errors';
import type { Query } from '../../netlink';
import { genlmsghdr } from '../generic';
import { bitset, type Bits } from './bitset';
import { ethtool, ETHTOOL_MSG, headerFields, subjectOf } from './ethtool';

const ETHTOOL_A_FEATURES = { HW: 2, WANTED: 3, ACTIVE: 4, NOCHANGE: 5 } as const;

const features = message(genlmsghdr, {
  ...headerFields,
  /** Those that can be changed, among all that there are. ETHTOOL_A_FEATURES_HW. */
  changeable: readOnly(bitset(ETHTOOL_A_FEATURES.HW)),
  /** Those that were asked for. ETHTOOL_A_FEATURES_WANTED. */
  wanted: bitset(ETHTOOL_A_FEATURES.WANTED),
  /** Those that are on. ETHTOOL_A_FEATURES_ACTIVE. */
  active: readOnly(bitset(ETHTOOL_A_FEATURES.ACTIVE)),
  /** Those that no driver changes. ETHTOOL_A_FEATURES_NOCHANGE. */
  unchangeable: readOnly(bitset(ETHTOOL_A_FEATURES.NOCHANGE)),
});

/** A feature of a link, as `ethtool --json -k` tells it. */
export interface Feature {
  /** Whether it is on. */
  active: boolean;
  /** Whether it was asked for; it is on only if what it needs is on, too. */
  requested: boolean;
  /** Whether the driver keeps it as it is. */
  fixed: boolean;
}

/** Features of a link by their names in the kernel: 'tx-checksum-ip-generic'. */
export type Features = Record<string, Feature>;

/** What the features of a link shall be; those that are not named stay as they are. */
export type FeatureOptions = Readonly<Record<string, boolean | undefined>>;

/** What came of a request to set features. */
export interface FeatureChange {
  /** Those that are not as they were asked for, with what was asked. */
  refused: Bits;
  /** Those that changed, with what they are now. */
  changed: Bits;
}

/** Asks for the features of a link. */
export function getFeatures(device: LinkReference): Query<Features> {
  return {
    ...ethtool.request(features, {
      name: 'ETHTOOL_MSG_FEATURES_GET',
      command: ETHTOOL_MSG.FEATURES_GET,
      subject: subjectOf(device),
      values: { device },
    }),
    decode: (...place) => featuresOf(features.decode(...place)),
  };
}

function featuresOf(row: { changeable?: Bits; wanted?: Bits; active?: Bits; unchangeable?: Bits }): Features {
  const { changeable = {}, wanted = {}, active = {}, unchangeable = {} } = row;
  const isOn = (bits: Bits, name: string) => bits[name] === true;
  return Object.fromEntries(
    Object.keys(changeable).map((name) => [
      name,
      {
        active: isOn(active, name),
        requested: isOn(wanted, name),
        fixed: !isOn(changeable, name) || isOn(unchangeable, name),
      },
    ]),
  );
}

const WITHIN = /^wanted\./;

/** Asks that features of a link be on or off. */
export function setFeatures(device: LinkReference, wanted: FeatureOptions): Query<FeatureChange> {
  checkIsObject(wanted);
  if (Object.values(wanted).every((value) => value === undefined)) {
    throw wrongValue(
      `must name a feature, such as { 'tx-checksum-ip-generic': false }, not ${show(wanted)}`,
      'features',
    );
  }
  for (const [name, value] of Object.entries<unknown>(wanted)) {
    if (value !== undefined && typeof value !== 'boolean')
      throw wrongType(`must be true or false, not ${show(value)}`, name);
  }
  const request = ethtool.request(features, {
    name: 'ETHTOOL_MSG_FEATURES_SET',
    command: ETHTOOL_MSG.FEATURES_SET,
    subject: subjectOf(device),
    values: { device, wanted },
    hint: (errno, said) =>
      errno === ERRNO.EOPNOTSUPP && said !== undefined && /bit name/i.test(said)
        ? { text: 'there is no such feature: features.get() tells those that there are' }
        : undefined,
  });
  return {
    ...request,
    // Each stands by itself in what the caller gave.
    locate: (...place) => request.locate!(...place)?.replace(WITHIN, ''),
    decode(...place) {
      const { wanted: refused = {}, active: changed = {} } = features.decode(...place);
      return { refused, changed };
    },
  };
}

import type { LinkReference } from '../codec';
import { ERRNO } from '../errno';
import type { NamespaceHandle } from '../namespace/handle';
import { optionsOnce } from '../once';
import {
  getFeatures,
  setFeatures,
  type FeatureChange,
  type FeatureOptions,
  type Features,
} from '../protocol/generic/ethtool/features';
import { getStatisticNames } from '../protocol/generic/ethtool/string-sets';
import type { Query } from '../protocol/netlink';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { readStatistics } from './device-statistics';
import { one } from './elements';

/** What drivers of links can do, as `ethtool` shows it. */
export class EthtoolCollection extends Collection {
  /** Offloads and other features of links: `ethtool -k`. */
  readonly features: FeatureCollection;

  /** @internal */
  constructor(handle: NamespaceHandle, owner: object | undefined, what: string) {
    super(handle, owner, what);
    this.features = new FeatureCollection(handle, owner, `${what}.features`);
  }

  /**
   * The counters that a link's driver keeps, by the driver's own names, as `ethtool -S` shows them: `{ peer_ifindex: 7, ... }`. A counter
   * beyond 2^53 comes as the nearest number. Empty where the driver keeps none. Rejects with ENODEV if there is no such link.
   */
  statistics(device: LinkReference): Promise<Record<string, number>> {
    return askedLater(() =>
      this.handle.exclusive('ethtool.statistics', (inside) => readStatistics(inside, getStatisticNames(device))),
    );
  }
}

/** The features of links: `ethtool -k`, `ethtool -K`. */
export class FeatureCollection extends Collection {
  /** All features of a link, by their names. Rejects with ENODEV if there is no such link. */
  get(device: LinkReference): Promise<Features> {
    return asked(() => one(this.handle.transport.query(getFeatures(device))));
  }

  /**
   * Turns features of a link on or off, `set('eth0', { 'tx-checksum-ip-generic': false })`, and resolves with all that changed: those that
   * need one which is off now are off as well. Rejects with EOPNOTSUPP if one did not take, since it is fixed or needs another; `done`
   * names those that changed nevertheless. Rejects with ENODEV if there is no such link.
   */
  set(device: LinkReference, features: FeatureOptions): Promise<Record<string, boolean>> {
    return asked(() => {
      const request = setFeatures(device, optionsOnce(features, "{ 'tx-checksum-ip-generic': false }"));
      return this.changed(request, one(this.handle.transport.query(request)));
    });
  }

  private async changed(
    request: Query<FeatureChange>,
    answer: Promise<FeatureChange>,
  ): Promise<Record<string, boolean>> {
    const { refused, changed } = await answer;
    const [property] = Object.keys(refused);
    if (property === undefined) return changed;
    const text = `the driver left it ${refused[property] === true ? 'off' : 'on'}`;
    throw this.handle.keptTransport.failure(request, { errno: ERRNO.EOPNOTSUPP, property, text }, Object.keys(changed));
  }
}

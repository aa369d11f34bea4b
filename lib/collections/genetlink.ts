import { getFamily, listFamilies, type GenericFamily } from '../protocol/generic/control';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { one } from './elements';

/** The families of generic netlink, as `genl ctrl list` shows them: what a kernel has besides links and routes. */
export class GenetlinkCollection extends Collection {
  /** The families that are registered. Those of modules that are not loaded are not among them. */
  list(): Promise<GenericFamily[]> {
    return askedLater(() => this.handle.transport.list(listFamilies()));
  }

  /** The family of a name, `get('wireguard')`. The kernel loads its module if it can. Rejects with ENOENT if there is none. */
  get(name: string): Promise<GenericFamily> {
    return asked(() => one(this.handle.transport.query(getFamily(name))));
  }
}

import type { NamespaceHandle } from '../namespace/handle';
import { readOnce } from '../once';
import { deleteRule, listRules, newRule, type Rule, type RuleFilter, type RuleOptions } from '../protocol/rule';
import { asked, askedLater } from '../transport/trip';
import { ignoringAll, sendAll, sendEach } from './elements';
import { flushFilter, type FlushFilter } from './filters';
import { streamOf } from './stream';

/** The IPv4 and IPv6 rules of a namespace: which packets are looked up in which table. */
export class RuleCollection {
  /** @internal */
  constructor(
    private readonly handle: NamespaceHandle,
    /** Lives as long as the collection. */
    protected readonly owner?: object,
  ) {}

  /** All rules, or those that the filter describes: `list({ table: 100 })`. IPv4 before IPv6, each in the order in which they are asked. */
  list(filter?: RuleFilter): Promise<Rule[]> {
    return askedLater(() => this.handle.transport.list(listRules(readOnce(filter))));
  }

  /** As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the table changed. */
  stream(filter?: RuleFilter): AsyncGenerator<Rule, void, undefined> {
    return streamOf(this.handle, filter, listRules);
  }

  /**
   * Adds a rule, `add({ source: '10.1.0.0/16', table: 100, priority: 1000 })`, or those of an array. Rejects with EEXIST if
   * there is the same.
   */
  add(rule: RuleOptions | readonly RuleOptions[]): Promise<void> {
    return sendEach(this.handle, rule, newRule);
  }

  /**
   * Deletes the first rule that is as described, `delete({ priority: 1000 })`, or those of an array. Rejects with ENOENT if there
   * is none.
   */
  delete(rule: RuleOptions | readonly RuleOptions[]): Promise<void> {
    return sendEach(this.handle, rule, deleteRule);
  }

  /**
   * Deletes all rules that the filter selects: `flush({ table: 100 })`. A filter that names nothing is refused, and so is a property
   * that is undefined; `flush('all')` deletes all but those of priority 0, which look up the local table.
   */
  flush(filter: FlushFilter<RuleFilter>): Promise<void> {
    return asked(() => {
      const query = listRules(flushFilter<RuleFilter>(filter, '{ table: 100 }'));
      const isMeant = ({ priority }: Rule) => filter !== 'all' || priority !== 0;
      return this.handle.exclusive('rules.flush', async (inside) => {
        const rules = await inside.list(query);
        await sendAll(inside, rules.filter(isMeant), deleteRule).catch(ignoringAll('ENOENT'));
      });
    });
  }
}

import { wrongValue } from '../errors';
import { readOnce } from '../once';
import {
  deleteRule,
  isRuleTakenFor,
  isWantedRule,
  listRules,
  newRule,
  type Rule,
  type RuleFilter,
  type RuleOptions,
} from '../protocol/rule';
import { routeTables } from '../protocol/rtnetlink';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { ignoringAll, sendAll, sendEach } from './elements';
import { flushFilter, type FlushFilter } from './filters';
import { streamOf } from './stream';

/** The IPv4 and IPv6 rules of a namespace: which packets are looked up in which table. */
export class RuleCollection extends Collection {
  /**
   * All rules, or those that the filter describes: `list({ table: 100 })`. IPv4 before IPv6, each in the order in which
   * the kernel looks at them.
   */
  list(filter?: RuleFilter): Promise<Rule[]> {
    return askedLater(() => this.handle.transport.list(listRules(readOnce(filter))));
  }

  /**
   * As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the kernel tells that the table changed.
   */
  stream(filter?: RuleFilter): AsyncGenerator<Rule, void, undefined> {
    return streamOf(this.handle, filter, listRules, this.keeps);
  }

  /**
   * Adds a rule, `add({ source: '10.1.0.0/16', table: 100, priority: 1000 })`, or those of an array. Rejects with
   * EEXIST if there is an equal one.
   */
  add(rule: RuleOptions | readonly RuleOptions[]): Promise<void> {
    return sendEach(this.handle, rule, newRule);
  }

  /**
   * Deletes the first rule that has all given properties, `delete({ priority: 1000 })`, or those of an array. A rule
   * with further properties matches, too, if it comes first. The kernel does not compare `invert` and `goto`. `family`
   * is 'inet' by default, or that of an address that is given. Rejects with ENOENT if there is no such rule.
   */
  delete(rule: RuleOptions | readonly RuleOptions[]): Promise<void> {
    return sendEach(this.handle, rule, deleteRule);
  }

  /**
   * Deletes all rules that the filter selects: `flush({ table: 100 })`. Those of priority 0, which look up the local
   * table, stay unless the filter names that priority or table. An empty filter and a property that is undefined are
   * refused; `flush('all')` deletes all others.
   *
   * The kernel deletes the first rule that has the given properties. Where that would be a rule that is to stay, the
   * call rejects with a RangeError and deletes nothing.
   */
  flush(filter: FlushFilter<RuleFilter>): Promise<void> {
    return asked(() => {
      const given = flushFilter<RuleFilter>(filter, '{ table: 100 }');
      const isWanted = isWantedRule(given);
      const isLocalMeant = given.priority === 0 || given.table === 'local' || given.table === routeTables.local;
      return this.handle.exclusive('rules.flush', async (inside) => {
        const all = await inside.list(listRules());
        const isMeant = (rule: Rule) => isWanted(rule) && (rule.priority !== 0 || isLocalMeant);
        checkNoneTaken(all, isMeant);
        await sendAll(inside, all.filter(isMeant), deleteRule).catch(ignoringAll('ENOENT'));
      });
    });
  }
}

/** Throws if a rule that is to stay would be deleted in place of a later one. */
function checkNoneTaken(rules: readonly Rule[], isMeant: (rule: Rule) => boolean): void {
  const staying: Rule[] = [];
  for (const rule of rules) {
    if (!isMeant(rule)) {
      staying.push(rule);
      continue;
    }
    const taken = staying.find((other) => isRuleTakenFor(other, rule));
    if (taken !== undefined) {
      const which = `a rule of priority ${String(taken.priority)} before it has all that the kernel compares`;
      throw wrongValue(`selects a rule that cannot be deleted alone: ${which}`, 'filter');
    }
  }
}

import { rules as declared } from '../../../../lib/protocol/rule';
import { ip } from '../../oracle';
import { makeSome, modelOfMessage } from '../families';
import { about, COUNT, families, union, type Scene } from './scene';

const FIRST = 1000;

function networks(family: (typeof families)[number]) {
  return family === 'inet'
    ? ['10.1.0.0/16', '10.1.2.3/32', '0.0.0.0/1']
    : ['2001:db8::/32', '2001:db8::1/128', '8000::/1'];
}

export const rules: Scene = {
  name: 'rules',
  async make(namespace) {
    const made = families.map((family, which) => {
      const model = {
        ...modelOfMessage(declared[family], ['family', 'priority', 'goto']),
        source: networks(family),
        destination: networks(family),
        goto: [2000, 3000],
      };
      const base = (place: number) => ({ family, priority: FIRST + 100 * which + place });
      return makeSome(model, 2 * COUNT, base, (options) => namespace.rules.add(options));
    });
    return union(await Promise.all(made));
  },
  table: (namespace) => ({
    list: async () => (await namespace.rules.list()).filter(({ priority }) => priority >= FIRST && priority < 2000),
    add: (rows) => namespace.rules.add(rows),
    delete: (rows) => namespace.rules.delete(rows),
    shown: () => about(/"priority":1\d{3},/, [ip(namespace, 'rule show'), ip(namespace, '-6 rule show')]),
  }),
};

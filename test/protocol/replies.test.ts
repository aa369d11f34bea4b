import { hostOrder, sourceOf, type Source } from '../../lib/codec';
import { decodeAddress } from '../../lib/protocol/address';
import { decodeFdbEntry } from '../../lib/protocol/fdb-message';
import { decoderOf } from '../../lib/protocol/link-reply';
import { decodeNeighbor } from '../../lib/protocol/neighbor';
import { HEADER_SIZE } from '../../lib/protocol/netlink';
import { decodeRoute } from '../../lib/protocol/route';
import { decodeRule } from '../../lib/protocol/rule';
import { shownRows } from '../support/golden';
import { addresses } from '../support/shown/addresses';
import { links } from '../support/shown/links';
import { fdb, neighbors } from '../support/shown/neighbors';
import { routes, rules } from '../support/shown/routes';
import { translated, type Translation } from '../support/shown/translation';

type Decode = (source: Source, start: number, end: number) => object | undefined;

/** Each with a file of replies, and the rows that iproute2 made of them. */
const families: [name: string, decode: Decode, translation: Translation][] = [
  ['link', decoderOf({ statistics: true }), links],
  ['address', decodeAddress, addresses],
  ['route', decodeRoute, routes],
  ['rule', decodeRule, rules],
  ['neighbor', decodeNeighbor, neighbors],
  ['fdb', decodeFdbEntry, fdb],
];

describe.each(families)('%s: replies decode to what iproute2 shows of them', (name, decode, translation) => {
  const { commands, links: known } = shownRows(`${name}-replies`);

  test.each([...commands])('%s', (_, shown) => {
    if (!hostOrder) return;
    expect(shown).not.toEqual([]);
    for (const { row, message } of shown) {
      expect(decode(sourceOf(message), HEADER_SIZE, message.length)).toMatchObject(translated(translation, row, known));
    }
  });
});

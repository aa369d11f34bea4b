import { operate } from '../../lib/transport/runtime';
import { ascii, attribute } from '../support/bytes';
import { run } from '../support/oracle';
import { describeKernel, feature } from '../support/kernel';
import { message } from '../support/native-double';
import { answers, errorsOf, generic, note, scratchPlace, send, typeFixup, type Answer } from '../support/operations';

const REQUEST = 1;
const ACK = 4;
const DUMP = 0x300;
const ENOENT = 2;

const GENL_ID_CTRL = 0x10;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const ETHTOOL_MSG_LINKSTATE_GET = 6;

const lookUp = (sequence: number, family: string) =>
  message(
    GENL_ID_CTRL,
    REQUEST | ACK,
    sequence,
    [CTRL_CMD_GETFAMILY, 2, 0, 0],
    attribute(CTRL_ATTR_FAMILY_NAME, ascii(family), 0),
  );
/** Keeps the number of the family that the first message looks up. */
const keptIn = (slot: number) => note(0, { slot, attribute: CTRL_ATTR_FAMILY_ID, header: 4 });

/** The state of lo, asked for by ethtool's ETHTOOL_A_HEADER_DEV_NAME. */
const linkState = (sequence: number, flags = ACK) => {
  const header = attribute(0x8001, attribute(2, ascii('lo'), 0));
  return message(0, REQUEST | flags, sequence, [ETHTOOL_MSG_LINKSTATE_GET, 1, 0, 0], flags === DUMP ? [] : header);
};

/** ETHTOOL_A_LINKSTATE_LINK of lo, which is down: the attribute behind that of the header. */
const isState = ({ type, payload }: Answer) => type > GENL_ID_CTRL && payload[0] === 6;

describeKernel(
  'the family of a generic netlink message',
  [feature('ethtool netlink', 'ethtool -k lo >/dev/null')],
  () => {
    test('is the one that a message before has looked up', async () => {
      using place = await scratchPlace(generic);
      const first = lookUp(1, 'ethtool');

      const found = await send(place.socket, [first, linkState(2)], {
        fixups: [typeFixup(first.length, 7)],
        notes: [keptIn(7)],
      });

      expect(errorsOf(found)).toEqual({});
      expect(found.filter(({ sequence }) => sequence === 2).map(isState)).toEqual([true]);
    });

    test('is the same in another operation of a trip', async () => {
      using place = await scratchPlace(generic);
      const trip = 1;
      const asked = (messages: Uint8Array, fixups?: Uint8Array, notes?: Uint8Array) =>
        operate((addon, id) => {
          addon.send(id, place.socket, messages, fixups, notes, trip);
        });
      const first = asked(lookUp(1, 'ethtool'), undefined, keptIn(7));
      const second = asked(linkState(2), typeFixup(0, 7));
      await operate((addon, id) => {
        addon.takePlace(id, place.namespace, trip);
        addon.endTrip(trip);
      });

      expect(await first).toMatchObject({ errno: 0 });
      expect(answers((await second).data).map(isState)).toEqual([true]);
    });

    test('is missing where it was not found, and the message is not sent', async () => {
      using place = await scratchPlace(generic);
      const first = lookUp(1, 'no-such-family');

      const found = await send(place.socket, [first, linkState(2)], {
        fixups: [typeFixup(first.length, 7)],
        notes: [keptIn(7)],
      });

      expect(errorsOf(found)).toEqual({ 1: ENOENT, 2: ENOENT });
    });

    test('of a dump is looked up before it', async () => {
      using place = await scratchPlace(generic);
      // Of `lo` Linux 6.1 lists no state.
      await run(place, 'ip', ['link', 'add', 'br0', 'type', 'bridge']);
      const first = lookUp(1, 'ethtool');
      const request = Buffer.concat([first, linkState(2, DUMP)]);
      const chunks: Answer[] = [];

      const outcome = await operate(
        (addon, id) => {
          addon.dump(id, place.socket, request, typeFixup(first.length, 7), keptIn(7), 4);
        },
        (chunk) => chunks.push(...answers(chunk)),
      );

      expect(outcome).toMatchObject({ errno: 0 });
      expect(chunks.filter(isState).length).toBeGreaterThan(0);
      expect(chunks.at(-1)).toMatchObject({ type: 3, sequence: 2 });
    });
  },
);

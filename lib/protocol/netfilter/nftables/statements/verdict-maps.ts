import type { StatementKinds, Write } from './kind';
import { mapLookedUp, type Given } from './maps';
import { REGISTER } from './rule-writer';
import { checkedVerdict } from './verdicts';

const verdicts: Given = { name: 'verdict', parse: (verdict) => ({ data: checkedVerdict(verdict) }), data: 'verdict' };

const writeVerdictMap: Write = (writer, value) => {
  writer.add({ kind: 'lookup', ...mapLookedUp(writer, value, verdicts), from: REGISTER, into: 0 });
};

/** Verdicts by a value of the packet. They are read as other look-ups are. */
export const verdictMaps = { write: { verdictMap: writeVerdictMap } } satisfies StatementKinds;

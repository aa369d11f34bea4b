import { checkInteger } from '../../../../codec';
import { show, wrongValue } from '../../../../errors';
import { nearestOf } from '../../../../unknown-name';
import { isFamily } from '../selectors/family';
import { tcpOptions } from '../selectors/options';
import type { Read, StatementKinds, Write } from './kind';

/** The number of each option of TCP. */
const numbers = new Map<unknown, number>();
for (const [name, option] of Object.entries(tcpOptions)) {
  if (!isFamily(option) && 'exists' in option) numbers.set(name, option.exists.load.type!);
}

const writeReset: Write = (writer, name) => {
  if (typeof name === 'number') checkInteger(name, 0, 255);
  const type = typeof name === 'number' ? name : numbers.get(name);
  if (type === undefined) {
    const known = [...numbers.keys()] as string[];
    const nearest = typeof name === 'string' ? nearestOf(name, known) : undefined;
    const hint = nearest === undefined ? `one of ${known.join(', ')}` : `did you mean '${nearest}'?`;
    throw wrongValue(`must be an option of TCP, not ${show(name)}: ${hint}`);
  }
  writer.add({ kind: 'exthdr', of: 'tcpOption', type });
};

/** Reads that an option of TCP is taken out of a packet; false if the option has no name. */
export const readReset: Read<'exthdr'> = (reader, { of, type }) => {
  const name = [...numbers].find(([, number]) => number === type)?.[0] ?? type;
  if (of !== 'tcpOption' || name === undefined) return false;
  reader.add({ resetTcpOption: name });
  return true;
};

/** Options of TCP that are taken out of packets. */
export const optionResets = { write: { resetTcpOption: writeReset } } satisfies StatementKinds;

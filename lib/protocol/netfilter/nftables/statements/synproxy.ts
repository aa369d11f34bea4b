import { at, checkIsObject } from '../../../../errors';
import type { Expression } from '../expressions';
import { checkBoolean } from '../objects/fields';
import { checkNames, wordsOf, type Read, type StatementKinds, type Write } from './kind';

const offers = ['timestamp', 'sackPermitted'] as const;

const writeSynproxy: Write = (writer, value) => {
  checkIsObject(value);
  checkNames(value, ['mss', 'windowScale', ...offers]);
  const { mss, windowScale, ...given } = value as Record<string, unknown>;
  const offered = offers.filter((name) => {
    const { [name]: isOffered = false } = given;
    at(name, () => {
      checkBoolean(isOffered);
    });
    return isOffered;
  });
  const flags = [
    ...(mss === undefined ? [] : ['mss']),
    ...(windowScale === undefined ? [] : ['windowScale']),
    ...offered,
  ];
  writer.add({ kind: 'synproxy', mss, windowScale, flags } as Expression);
};

const readSynproxy: Read<'synproxy'> = (reader, { mss, windowScale, flags = [] }) => {
  if (flags.some((flag) => typeof flag === 'number')) return false;
  const found = {
    ...(flags.includes('mss') && { mss }),
    ...(flags.includes('windowScale') && { windowScale }),
    ...(flags.includes('timestamp') && { timestamp: true }),
    ...(flags.includes('sackPermitted') && { sackPermitted: true }),
  };
  reader.add(Object.keys(found).length === 0 ? 'synproxy' : { synproxy: found });
  return true;
};

/** Answers to who opens a connection, in place of the host that it is for. */
export const synproxy = {
  write: { synproxy: writeSynproxy },
  writeWord: wordsOf({ synproxy: { kind: 'synproxy' } }),
  read: { synproxy: readSynproxy },
} satisfies StatementKinds;

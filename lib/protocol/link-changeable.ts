import type { Field } from '../codec';
import { at, within, wrongValue } from '../errors';
import { missingName } from '../unknown-name';
import { linkFields } from './link-attributes';
import { linkKindOf } from './link-info';
import { isChangeable } from './link-kind';
import { portKindOf, portProperties } from './link-ports';

type Marks = Pick<Field<unknown, never>, 'readOnly' | 'isCreateOnly'>;
type FieldsByName = Readonly<Record<string, Marks | undefined>>;

const common: FieldsByName = linkFields;

/**
 * Throws for properties that cannot be changed: those that the kernel only reports, and those that are chosen when a
 * link is made.
 */
export function checkChangeable(changes: object): void {
  const { kind } = changes as { kind?: unknown };
  const own: FieldsByName = linkKindOf(kind)?.data.fields ?? {};
  eachGiven(changes, (name) => {
    checkMarks(name, ownOf(common, name) ?? ownOf(own, name));
  });
  for (const property of portProperties) {
    const port = (changes as Record<string, unknown>)[property];
    if (typeof port !== 'object' || port === null) continue;
    const declared = portKindOf(property);
    if (declared === undefined) {
      const { kind: master, data } = port as { kind?: unknown; data?: unknown };
      // A missing kind is reported when it is encoded.
      if (master !== undefined && data === undefined) {
        throw within(property, missingName('data', port, 'must be given: nothing else is changed'));
      }
      continue;
    }
    const fields: FieldsByName = declared.data.fields;
    at(property, () => {
      eachGiven(port, (name) => {
        checkMarks(name, ownOf(fields, name));
      });
    });
    if (!isChangeable(declared)) throw wrongValue('has nothing that can be changed', property);
  }
}

function eachGiven(values: object, check: (name: string) => void): void {
  for (const name in values) if ((values as Record<string, unknown>)[name] !== undefined) check(name);
}

function ownOf(fields: FieldsByName, name: string): Marks | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function checkMarks(name: string, marks: Marks | undefined): void {
  if (name === 'alternativeNames') throw wrongValue('is changed by addAlternativeName and deleteAlternativeName', name);
  if (marks?.readOnly === true) throw wrongValue('is read-only: the kernel reports it, and takes none', name);
  if (marks?.isCreateOnly === true) throw wrongValue('is chosen when the link is made, and cannot be changed', name);
}

import type { Field } from '../type';
import type { Writer } from '../writer';

/** The bytes of values that are encoded alike, once one of them was. */
export interface Template {
  bytes?: Uint8Array;
}

/** Where a value keeps its template: nothing that is encoded, and nothing that a caller can say. */
const TEMPLATE = Symbol('template');

/** Where it keeps what it ends with. */
const END = Symbol('end');

/** A value that is encoded as all of its template are, but for what it ends with. None of it must be changed any more. */
interface Templated {
  [TEMPLATE]?: Template;
  [END]?: Uint8Array | undefined;
}

/** Gives a value its template, and what it ends with where that is its own. */
export function useTemplate<Value extends object>(value: Value, template: Template, end?: Uint8Array): Value {
  (value as Templated)[TEMPLATE] = template;
  (value as Templated)[END] = end;
  return value;
}

/** A field in which values may have templates: of those that were written before, as they are or but for their end, the bytes are copied. */
export function templated<Value extends object>(plain: Field<Value, Value>): Field<Value, Value> {
  return {
    ...plain,
    encode(writer, value, values) {
      const { [TEMPLATE]: template, [END]: end } = value as Templated;
      if (template?.bytes !== undefined) {
        writer.append(template.bytes);
        if (end !== undefined) putEnd(writer, end);
        return;
      }
      const start = writer.position;
      plain.encode(writer, value, values);
      if (template !== undefined) template.bytes = writer.bytes.slice(start, writer.position);
    },
  };
}

/** Writes over what the last attribute ends with. Behind it is nothing but its padding. */
function putEnd({ bytes, position }: Writer, end: Uint8Array): void {
  const start = position - ((end.length + 3) & ~3);
  for (let index = 0; index < end.length; index++) bytes[start + index] = end[index]!;
}

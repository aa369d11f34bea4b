import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const library = path.join(__dirname, '../../lib');

/** The names of what JavaScript sees of the classes that users have, but their types do not show. */
export function hiddenMembers(): Set<string> {
  const texts = ['.', 'collections'].flatMap((folder) =>
    readdirSync(path.join(library, folder))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(path.join(library, folder, file), 'utf8')),
  );
  const names = texts.flatMap((text) => [
    ...text.matchAll(/(?:private|protected) (?:async |readonly |\*)*(\w+)/g),
    ...text.matchAll(/@internal \*\/\s+(?:get )?(\w+)\(/g),
  ]);
  return new Set(names.map(([, name]) => name!));
}

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Files that a namespace of a name has in /etc, gone with the block that holds them. */
export interface EtcFiles extends Disposable {
  write(file: string, text: string): void;
}

/** Puts files into /etc/netns/NAME. The name must be the test's own: {@link uniqueName}. */
export function etcFiles(name: string, files: Record<string, string>): EtcFiles {
  const directory = path.join('/etc/netns', name);
  mkdirSync(directory, { recursive: true });
  const write = (file: string, text: string) => {
    writeFileSync(path.join(directory, file), text);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  return {
    write,
    [Symbol.dispose]() {
      rmSync(directory, { recursive: true });
    },
  };
}

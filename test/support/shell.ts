import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** How a command ended, and what it printed. */
export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs a command, behind those asked for before. */
export type Shell = (command: string[]) => Promise<Outcome>;

/** Ends a command in what the shell reads, and what a command printed in what it writes. No program here prints it. */
const END = '\x1e';

/** Collects the lines of a command, runs it, and says when both its outputs have ended. */
const script = [
  'while IFS= read -r line; do',
  '  if [ "$line" = "$0" ]; then',
  '    eval "$command" </dev/null; printf "%s%d\\n" "$0" $?; printf "%s\\n" "$0" >&2; command=',
  '  else',
  '    command="$command$line',
  '"',
  '  fi',
  'done',
].join('\n');

/**
 * Starts a shell that starts programs for this process. A process of Jest has hundreds of megabytes, all of which the kernel has to look
 * at when it forks: a program started from here takes two to three times as long, and more in User-mode Linux. It ends with
 * this process, and keeps it from nothing.
 */
export function startShell(): Shell {
  const child = spawn('sh', ['-c', script, END], { stdio: 'pipe' });
  const printed = sections(child.stdout);
  const complained = sections(child.stderr);
  for (const one of [child, child.stdin, child.stdout, child.stderr] as { unref(): void }[]) one.unref();

  return async (command) => {
    child.stdin.write(`${command.map(quoted).join(' ')}\n${END}\n`);
    const [out, complaint] = await Promise.all([printed(), complained()]);
    return { status: Number(out.ending), stdout: out.text, stderr: complaint.text };
  };
}

/** Gives what a stream brings, section by section, each with what stands behind its end. */
function sections(stream: Readable): () => Promise<{ text: string; ending: string }> {
  const waiting: ((section: { text: string; ending: string }) => void)[] = [];
  let rest: string[] = [];
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    rest.push(chunk);
    if (!chunk.includes('\n')) return;
    let text = rest.join('');
    for (;;) {
      const end = text.indexOf(END);
      const next = text.indexOf('\n', end) + 1;
      if (end < 0 || next === 0) break;
      waiting.shift()?.({ text: text.slice(0, end), ending: text.slice(end + 1, next - 1) });
      text = text.slice(next);
    }
    rest = [text];
  });
  return () => new Promise((resolve) => waiting.push(resolve));
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { getSystemErrorName } from 'node:util';

/** What a program printed: text, or bytes where there is no encoding. */
export type Output = string | Buffer;

/** Everything that a program printed. */
export interface ProgramOutput<Text> {
  /** What it printed to its standard output. */
  stdout: Text;
  /** What it printed to its standard error. */
  stderr: Text;
}

/** Limits that end a program early. */
export interface Limits {
  /** null for bytes. */
  encoding: BufferEncoding | null;
  /** Milliseconds; 0 for none. */
  timeout: number;
  /** Bytes of each stream. */
  maxBuffer: number;
  killSignal: NodeJS.Signals | number;
}

/**
 * Collects what a process prints until it ends, and calls `done` with what `exec` of node:child_process passes to its
 * callback.
 */
export function collectOutput(
  child: ChildProcess,
  command: string,
  { encoding, timeout, maxBuffer, killSignal }: Limits,
  done: (error: Error | null, stdout: Output, stderr: Output) => void,
): void {
  let failure: Error | undefined;
  let killed = false;
  let ended = false;
  const stdout = gather('stdout', child.stdout);
  const stderr = gather('stderr', child.stderr);
  const timer = timeout > 0 ? setTimeout(kill, timeout) : undefined;
  child.on('close', (code, signal) => {
    end(code, signal);
  });
  child.on('error', (error) => {
    failure ??= error;
    destroyStreams();
    end(null, null);
  });

  /** Reads a stream up to the limit; more output ends the program. */
  function gather(name: string, stream: Readable | null): () => Output {
    const chunks: Output[] = [];
    let length = 0;
    if (encoding !== null) stream?.setEncoding(encoding);
    stream?.on('data', (chunk: Output) => {
      const room = maxBuffer - length;
      length += typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding ?? undefined) : chunk.length;
      if (length <= maxBuffer) {
        chunks.push(chunk);
        return;
      }
      if (room > 0) chunks.push(chunk.slice(0, room));
      failure ??= Object.assign(new RangeError(`${name} maxBuffer length exceeded`), {
        code: 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER',
      });
      kill();
    });
    return () => (encoding === null ? Buffer.concat(chunks as Buffer[]) : chunks.join(''));
  }

  function kill(): void {
    destroyStreams();
    killed = true;
    try {
      child.kill(killSignal);
    } catch (error) {
      failure ??= error as Error;
      end(null, null);
    }
  }

  function destroyStreams(): void {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }

  function end(code: number | null, signal: NodeJS.Signals | null): void {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    const printed = [stdout(), stderr()] as const;
    if (failure === undefined && code === 0 && signal === null) {
      done(null, ...printed);
      return;
    }
    failure ??= Object.assign(new Error(`Command failed: ${command}\n${String(printed[1])}`), {
      code: code !== null && code < 0 ? getSystemErrorName(code) : code,
      killed: child.killed || killed,
      signal,
    });
    done(Object.assign(failure, { cmd: command }), ...printed);
  }
}

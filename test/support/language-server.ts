import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Asks a version of TypeScript, as an editor does, what it shows at places of a file. */
export interface LanguageServer extends AsyncDisposable {
  /** The text of a hover at a place, both counted from 0. */
  hover(file: string, line: number, column: number): Promise<string>;
}

interface Message {
  id?: number;
  request_seq?: number;
  type?: string;
  method?: string;
  body?: unknown;
  result?: unknown;
}

/** Starts the language server of the TypeScript that is installed in a folder: up to 6 tsserver, from 7 on one that speaks LSP. */
export async function startLanguageServer(typescript: string, project: string): Promise<LanguageServer> {
  const { version } = JSON.parse(readFileSync(path.join(typescript, 'package.json'), 'utf8')) as { version: string };
  return Number(version.split('.')[0]) >= 7 ? await languageServer(typescript, project) : tsserver(typescript, project);
}

function tsserver(typescript: string, project: string): LanguageServer {
  const child = spawn(
    process.execPath,
    [path.join(typescript, 'lib/tsserver.js'), '--disableAutomaticTypingAcquisition'],
    {
      cwd: project,
    },
  );
  const answers = answersOf(child, ({ type, request_seq }) => (type === 'response' ? request_seq : undefined));
  let seq = 0;
  const ask = (command: string, args: object): Promise<Message> => {
    child.stdin.write(`${JSON.stringify({ seq: ++seq, type: 'request', command, arguments: args })}\n`);
    return answers(seq);
  };
  const opened = new Set<string>();
  return {
    async hover(file, line, column) {
      if (!opened.has(file))
        child.stdin.write(`${JSON.stringify({ seq: ++seq, type: 'request', command: 'open', arguments: { file } })}\n`);
      opened.add(file);
      const { body } = await ask('quickinfo', { file, line: line + 1, offset: column + 1 });
      const { displayString = '', documentation = '' } = (body ?? {}) as {
        displayString?: string;
        documentation?: unknown;
      };
      return `${displayString}\n${typeof documentation === 'string' ? documentation : JSON.stringify(documentation)}`;
    },
    [Symbol.asyncDispose]: () => ended(child),
  };
}

async function languageServer(typescript: string, project: string): Promise<LanguageServer> {
  const child = spawn(process.execPath, [path.join(typescript, 'bin/tsc'), '--lsp', '--stdio'], { cwd: project });
  const send = (message: object) => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  const answers = answersOf(child, ({ id, method }) => {
    if (method === undefined) return id;
    // A question of the server's: it goes on with the answer null.
    if (id !== undefined) send({ id, result: null });
    return undefined;
  });
  let last = 0;
  const ask = (method: string, params: object): Promise<Message> => {
    const id = ++last;
    send({ id, method, params });
    return answers(id);
  };
  const rootUri = pathToFileURL(project).href;
  const capabilities = { textDocument: { hover: { contentFormat: ['markdown', 'plaintext'] } } };
  await ask('initialize', {
    processId: process.pid,
    rootUri,
    capabilities,
    workspaceFolders: [{ uri: rootUri, name: 'project' }],
  });
  send({ method: 'initialized', params: {} });
  const opened = new Set<string>();
  return {
    async hover(file, line, column) {
      const { href: uri } = pathToFileURL(file);
      if (!opened.has(file)) {
        const textDocument = { uri, languageId: 'typescript', version: 1, text: readFileSync(file, 'utf8') };
        send({ method: 'textDocument/didOpen', params: { textDocument } });
      }
      opened.add(file);
      const position = { line, character: column };
      const { result } = await ask('textDocument/hover', { textDocument: { uri }, position });
      return JSON.stringify((result as { contents?: unknown } | null)?.contents ?? '');
    },
    [Symbol.asyncDispose]: () => ended(child),
  };
}

/** Kills a server, and resolves when it has ended. */
async function ended(child: ChildProcessWithoutNullStreams): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Gives the answer to each question by its number. Both protocols have a head with the length in front of each message. */
function answersOf(child: ChildProcessWithoutNullStreams, numberOf: (message: Message) => number | undefined) {
  const waiting = new Map<number, (message: Message) => void>();
  let rest = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(rest.subarray(0, end).toString())?.[1]);
      if (rest.length < end + 4 + length) return;
      const message = JSON.parse(rest.subarray(end + 4, end + 4 + length).toString()) as Message;
      rest = rest.subarray(end + 4 + length);
      const number = numberOf(message);
      if (number === undefined) continue;
      waiting.get(number)?.(message);
      waiting.delete(number);
    }
  });
  return (number: number) => new Promise<Message>((resolve) => waiting.set(number, resolve));
}

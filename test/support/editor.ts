import path from 'node:path';
import ts from 'typescript';

const ROOT = path.join(__dirname, '..', '..');
const DIST = path.join(ROOT, 'dist');
/** What a project has that uses the library, besides the library: no types that only we have installed. */
const installed = /node_modules\/(typescript|@types\/node|undici-types|undici)(\/|$)/;

/** The library's types as they are published, in a project as strict as they come. */
const options: ts.CompilerOptions = {
  ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.Node18, types: ['node'] },
  ...{ lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'], paths: { rtnetlink: [path.join(DIST, 'index.d.ts')] } },
  ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
};

/** An editor of a project that uses the library: what it shows at a place, and what it complains about. */
export class Editor {
  private readonly files = new Map<string, { text: string; version: number }>();
  private opened = 0;
  private readonly service: ts.LanguageService;

  constructor() {
    const exists = (file: string) => !file.includes('node_modules') || installed.test(file);
    this.service = ts.createLanguageService({
      getCompilationSettings: () => options,
      // Without it each question would begin with a look at every file.
      getProjectVersion: () => String(this.opened),
      getScriptFileNames: () => [path.join(DIST, 'index.d.ts'), ...this.files.keys()],
      getScriptVersion: (file) => String(this.files.get(file)?.version ?? 0),
      getScriptSnapshot: (file) => {
        const text = this.files.get(file)?.text ?? ts.sys.readFile(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => ROOT,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: (file) => this.files.has(file) || (exists(file) && ts.sys.fileExists(file)),
      readFile: (file) => this.files.get(file)?.text ?? ts.sys.readFile(file),
      directoryExists: (directory) => ts.sys.directoryExists(directory),
      getDirectories: (directory) => ts.sys.getDirectories(directory),
    });
  }

  private get program(): ts.Program {
    return this.service.getProgram()!;
  }

  get checker(): ts.TypeChecker {
    return this.program.getTypeChecker();
  }

  /** Opens a file with this text, and gives its path. */
  open(name: string, text: string): string {
    const file = path.join(ROOT, 'test', 'types', name);
    this.files.set(file, { text, version: ++this.opened });
    return file;
  }

  /** The description that a hover shows of what is behind each `mark`. */
  hovers(file: string, mark: string): string[] {
    const shown: string[] = [];
    const { text } = this.files.get(file)!;
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
      const info = this.service.getQuickInfoAtPosition(file, at + mark.length);
      shown.push(ts.displayPartsToString(info?.documentation));
    }
    return shown;
  }

  /** What is wrong in a file, each with its line. */
  errors(file: string): { line: number; message: string }[] {
    return [...this.service.getSyntacticDiagnostics(file), ...this.service.getSemanticDiagnostics(file)].map((one) => ({
      line: one.file!.getLineAndCharacterOfPosition(one.start!).line,
      message: ts.flattenDiagnosticMessageText(one.messageText, '\n'),
    }));
  }

  /** The files of the library that an import of it brings along. */
  libraryFiles(): string[] {
    return this.program
      .getSourceFiles()
      .map(({ fileName }) => fileName)
      .filter(isOurs);
  }

  /** What the library exports. */
  get exports(): ts.Symbol[] {
    const source = this.program.getSourceFile(path.join(DIST, 'index.d.ts'))!;
    return this.checker
      .getExportsOfModule(this.checker.getSymbolAtLocation(source)!)
      .map((symbol) => this.resolved(symbol));
  }

  /** The types that it exports, but for generic ones. */
  exportedTypes(): { name: string; type: ts.Type }[] {
    return this.exports
      .filter(({ flags }) => (flags & ts.SymbolFlags.Type) !== 0)
      .map((symbol) => ({ name: symbol.name, type: this.checker.getDeclaredTypeOfSymbol(symbol) }))
      .filter(({ type }) => type.aliasTypeArguments === undefined);
  }

  /** The functions and classes that it exports. */
  exportedValues(): { name: string; type: ts.Type }[] {
    return this.exports
      .filter(({ flags }) => (flags & ts.SymbolFlags.Value) !== 0)
      .map((symbol) => ({ name: symbol.name, type: this.checker.getTypeOfSymbol(symbol) }));
  }

  private resolved(symbol: ts.Symbol): ts.Symbol {
    return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : this.checker.getAliasedSymbol(symbol);
  }
}

/** Whether a file is the library's. */
export function isOurs(file: string): boolean {
  return file.startsWith(`${DIST}/`);
}

/** Whether something is declared in the library, not in Node's types. */
export function isDeclaredHere(symbol: ts.Symbol): boolean {
  return symbol.declarations?.some((one) => isOurs(one.getSourceFile().fileName)) ?? false;
}

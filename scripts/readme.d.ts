/** The code blocks of a Markdown file that are in a language: 'ts', 'js'. */
export function blocksOf(markdown: string, language: string): string[];
/** The README as one program. */
export function readmeProgram(): string;

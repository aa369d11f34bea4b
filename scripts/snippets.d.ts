/** The pages whose code is run: 'README.md', 'docs/guide/bridge.md'. */
export function pages(): string[];
/** The program of a page, as it stands there. */
export function programOf(page: string): string;
/** The files that a page has, by their paths. */
export function filesOf(page: string): Record<string, string>;
/** What a program promises to print: the comments behind its `console.log`, in order. */
export function promisesOf(program: string): string[];
/** The name of a page's program: 'guide-bridge'. */
export function nameOf(page: string): string;
/** Where the programs are written. */
export const folder: string;

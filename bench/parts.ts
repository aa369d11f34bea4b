/** A part of the benchmark. */
export interface Part {
  /** What `--only` calls it. */
  name: string;
  /** What is done, for the reader of its tables. */
  summary: string;
  /** Its program, which hands its findings to `measurePart` (part.ts). It runs in a host of its own (host.ts). */
  script: string;
  /** The C programs that it is compared with, without `.c`. */
  floors: string[];
  /** Whether it runs only if it is named. */
  onlyByName?: boolean;
}

/**
 * All parts, in the order of their turns.
 *
 * To add a row to a part, have its program put one more `Row` into its findings: the floor's score first, then this
 * library's and the peers', each with what it took in every round. `takeTurns` (turns.ts) has them take turns. Each
 * contender times itself, so that the start of a process does not count, and afterwards another program (`ip`) is asked
 * whether everything is there. To add a part, write its program, and a line here. The report, the JSON and the chart follow.
 */
export const parts: Part[] = [
  {
    name: 'networks',
    summary: 'container networks on one bridge, one after the other',
    script: 'networks/main.js',
    floors: ['floor'],
  },
  {
    name: 'at-once',
    summary: 'container networks on one bridge, all under way at once',
    script: 'networks/main.js',
    floors: ['floor'],
  },
  {
    name: 'thousand',
    summary: '1,000 container networks on one bridge, with IPv6 link-local addresses',
    script: 'networks/main.js',
    floors: ['floor'],
  },
  {
    name: 'thousand-quiet',
    summary: '1,000 container networks on one bridge, without IPv6 link-local addresses',
    script: 'networks/main.js',
    floors: ['floor'],
  },
  {
    name: 'lists',
    summary: 'large tables as objects',
    script: 'lists/main.js',
    floors: ['list-floor'],
  },
  {
    name: 'bulk',
    summary: 'many things by one call: routes added, links moved and deleted',
    script: 'bulk/main.js',
    floors: ['bulk-floor'],
  },
  {
    name: 'open',
    summary: 'container networks while many namespaces are open, and what those take',
    script: 'open/main.js',
    floors: ['floor', 'open/holder'],
  },
  {
    name: 'requests',
    summary: 'small requests: one link by its name',
    script: 'requests/main.js',
    floors: ['requests/floor'],
  },
  {
    name: 'packet-rules',
    summary: 'many packet rules, and large sets, beside nft',
    script: 'packet-rules/main.js',
    floors: [],
  },
  {
    name: 'packet-rule',
    summary: 'packet rules, each added by a call of its own',
    script: 'packet-rule/main.js',
    floors: ['packet-rule/floor'],
  },
  {
    name: 'import',
    summary: 'an import of the library',
    script: 'import/main.js',
    floors: [],
  },
  {
    name: 'first-call',
    summary: 'processes that are started for one call of the library',
    script: 'first-call/main.js',
    floors: [],
  },
  {
    name: 'steps',
    summary: 'what each kernel call of a network costs',
    script: 'networks/steps.js',
    floors: ['floor'],
    onlyByName: true,
  },
];

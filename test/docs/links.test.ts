import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** All pages, by their paths in the repository. */
const pages = [
  ...['README.md', 'CHANGELOG.md', 'bench/NOTES.md', 'lib/codec/fast/README.md'],
  ...(readdirSync(path.join(ROOT, 'docs'), { recursive: true }) as string[])
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

test('no link leads nowhere', () => {
  const dead = pages.flatMap((page) => linksOf(page).filter((link) => !leadsSomewhere(page, link)));

  expect(dead).toEqual([]);
});

test('the README leads to every page of docs/ within two steps', () => {
  const first = targetsOf('README.md');
  const reached = new Set(['README.md', ...first, ...first.flatMap(targetsOf)]);

  expect(pages.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
});

test('code and comments name pages that are there', () => {
  const files = (readdirSync(path.join(ROOT, 'lib'), { recursive: true }) as string[])
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `lib/${file}`);
  const named = files.flatMap((file) => textOf(file).match(/\b(docs|bench)\/[\w/-]+\.md\b/g) ?? []);

  expect(named).not.toEqual([]);
  expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
});

test('a heading has the anchor that GitHub gives it', () => {
  expect(anchorsIn('# Many at once\n## What `delete` removes, and not\n## Twice\n## Twice\n')).toEqual(
    new Set(['many-at-once', 'what-delete-removes-and-not', 'twice', 'twice-1']),
  );
});

/** The links of a page, without those in code, and those to other places of the web. */
function linksOf(page: string): string[] {
  const text = withoutCode(textOf(page));
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, link]) => link!).filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(ROOT, target))) return false;
  return anchor === undefined || anchorsIn(textOf(target)).has(anchor);
}

/** The pages that a page leads to; of a folder its README.md. */
function targetsOf(page: string): string[] {
  if (!existsSync(path.join(ROOT, page)) || !page.endsWith('.md')) return [];
  return linksOf(page)
    .map((link) => link.split('#')[0]!)
    .filter((file) => file !== '')
    .map((file) => path.join(path.dirname(page), file))
    .map((file) => (isFolder(file) ? path.join(file, 'README.md') : file));
}

function isFolder(file: string): boolean {
  return existsSync(path.join(ROOT, file)) && statSync(path.join(ROOT, file)).isDirectory();
}

/** The anchors of a page's headings. */
function anchorsIn(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)) {
    const anchor = heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-');
    let number = 0;
    while (anchors.has(number === 0 ? anchor : `${anchor}-${number}`)) number++;
    anchors.add(number === 0 ? anchor : `${anchor}-${number}`);
  }
  return anchors;
}

function withoutCode(text: string): string {
  return text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '');
}

function textOf(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

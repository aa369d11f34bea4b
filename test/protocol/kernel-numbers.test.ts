import { lacksHeaders, numbersInHeaders, releaseOfHeaders } from '../support/kernel-headers';
import { librarySources, numberTables } from '../support/number-tables';

const tables = numberTables();
const reason = lacksHeaders();

if (reason !== undefined) test.skip(`the numbers are the kernel's [${reason}]`, () => undefined);
else {
  const theirs = numbersInHeaders(tables.flatMap(({ numbers }) => [...numbers.keys()]));

  // Elsewhere than in lib/protocol/ there are tables of other things.
  const checked = tables.filter(
    ({ file, numbers }) => file.startsWith('protocol/') || [...numbers.keys()].some((name) => theirs.has(name)),
  );

  describe.each(checked)('$name of $file', ({ numbers }) => {
    const known = [...numbers].filter(([name]) => theirs.has(name));
    const newer = [...numbers.keys()].filter((name) => !theirs.has(name));

    // A table that is newer as a whole has none of them.
    const title = `${known.length} numbers are the kernel's`;
    (known.length > 0 ? test : test.skip)(title, () => {
      expect(Object.fromEntries(known)).toEqual(Object.fromEntries(known.map(([name]) => [name, theirs.get(name)])));
    });

    if (newer.length > 0)
      test.skip(`${newer.join(', ')} [not in the headers of Linux ${releaseOfHeaders()}]`, () => {});
  });
}

if (reason === undefined) {
  // The kernel puts padding in front of what has eight bytes; what is not passed over shows among unknown attributes.
  const padding = numbersInHeaders(tables.map(({ name }) => `${name}_PAD`));

  const sources = librarySources();

  test.each(tables.filter(({ name }) => (padding.get(`${name}_PAD`) ?? 0) > 0))(
    'the padding of $name is passed over',
    ({ name, numbers }) => {
      expect(numbers.get(`${name}_PAD`)).toBe(padding.get(`${name}_PAD`));
      expect(sources).toContain(`${name}.PAD`);
    },
  );
}

test('tables are found', () => {
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['IFLA', 'IFA', 'NDA', 'RTA', 'FRA', 'IFLA_BR']),
  );
});

import type { Link } from '../../lib';
import { linkReady } from '../../lib/collections/link-wait';

const link = { index: 1, name: 'lo', up: true } as Link;
const conditionOf = (answer: unknown) =>
  linkReady('lo', (() => answer) as (link: Link) => boolean, () => Promise.resolve(link));

test.each([
  [true, { came: link }],
  [false, undefined],
])('a function answers %s: %j', async (answer, found) => {
  expect(await conditionOf(answer).look()).toEqual(found);
});

test.each<[string, unknown, string]>([
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a number', 1, '1'],
  ['a string', 'up', "'up'"],
  ['a link', {}, '{}'],
  ['a promise', Promise.resolve(true), 'a promise, which is not awaited'],
  ['a promise that rejects', Promise.reject(new Error('nobody hears')), 'a promise, which is not awaited'],
  ['what has a then', { then: () => undefined }, 'a promise, which is not awaited'],
])('it must not answer %s', async (_name, answer, what) => {
  await expect(conditionOf(answer).look()).rejects.toMatchObject({
    name: 'TypeError',
    property: 'condition',
    message: `condition: must return true or false, not ${what}`,
  });
});

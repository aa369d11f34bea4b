import { openNamespace, type Link } from 'rtnetlink';

import { measure } from '../cost';

// A process of its own, since what it has decoded counts: lists the links of one namespace, then, timed, the routes of
// another. Prints how many shapes of links there were, how many routes, and what listing these took.

const TIMES_LINKS = 100;
const TIMES_ROUTES = 5;

async function main([ofLinks = '', ofRoutes = '']: string[]): Promise<void> {
  await using first = await openNamespace(ofLinks);
  await using second = await openNamespace(ofRoutes);
  const shapes = new Set<string>();
  const note = (link: Link) => shapes.add(Object.keys(link).join());
  for (let time = 0; time < TIMES_LINKS; time++) {
    for (const statistics of [false, true]) (await first.links.list({ statistics })).forEach(note);
  }
  let rows = 0;
  const list = async () => {
    rows = (await second.routes.list()).length;
  };
  // The first listing finds the decoder uncompiled.
  await list();
  const costs = [];
  for (let time = 0; time < TIMES_ROUTES; time++) costs.push(await measure(list));
  const middle = costs.toSorted((one, other) => one.cpu - other.cpu)[TIMES_ROUTES >> 1]!;
  console.log(JSON.stringify({ rows, shapes: shapes.size, ...middle }));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

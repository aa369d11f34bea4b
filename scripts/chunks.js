'use strict';

// Which modules of lib/ ship in one file. A module that is loaded when it is first needed (`require`) begins a file, and what is loaded
// whenever that is, and never without it, is in the same one. What several of these files need besides is together in one.

/** The file of what several need. */
const SHARED = 'shared';
/**
 * The file of what several need that are loaded behind another file. It could stand in that one, which has no use for it, and is mostly
 * loaded alone: only what is small, in bytes, does.
 */
const LATER = 'later';
const SMALL = 1500;
/** What a program that makes one call and ends seldom begins with: what only several of these need is not in the file of all. */
const SELDOM =
  /^(collections\/(nftables|conntrack|qdiscs|ethtool|genetlink)|events\/|protocol\/(qdisc|netfilter|generic))/;

/** The file of each module; `entries` are the modules that begin a file by name, each loaded behind those before it. */
exports.chunksOf = (modules, entries) => {
  const chunks = new Map();
  for (const [chunk, entry] of Object.entries(entries)) {
    for (const id of neededBy(modules, entry)) if (!chunks.has(id)) chunks.set(id, chunk);
  }
  const isFirst = (id) => Object.hasOwn(entries, chunks.get(id) ?? '');
  const reached = reachedFrom(modules, Object.values(entries)).filter((id) => !isFirst(id));
  const heads = new Map();
  for (const { requires } of [...chunks.keys(), ...reached].map((id) => modules.get(id))) {
    for (const id of requires) if (!isFirst(id)) heads.set(id, neededBy(modules, id));
  }
  const ofFirst = new Set([...chunks.keys()].flatMap((id) => [...modules.get(id).requires]));
  const there = loadedWith(modules, reached, heads, ofFirst);

  const chunkOf = (id) => {
    if (!chunks.has(id)) chunks.set(id, heads.has(id) ? fileName(id) : chunkOfShared(id));
    return chunks.get(id);
  };

  const chunkOfShared = (id) => {
    const always = [...there.get(id)];
    const same = always.find((head) => heads.get(head).has(id));
    if (same !== undefined) return chunkOf(same);
    const others = new Set([...modules.get(id).imports].map(chunkOf));
    for (const common of [...Object.keys(entries), SHARED]) others.delete(common);
    if (others.has(LATER) || (always.length > 0 && modules.get(id).size > SMALL)) return LATER;
    if (others.size === 0 && always.length === 0 && isSeldom(id)) return LATER;
    if (others.size > 1) return fileName(id);
    const last = always.sort((one, other) => there.get(other).size - there.get(one).size)[0];
    return [...others][0] ?? (last === undefined ? SHARED : chunkOf(last));
  };

  const isSeldom = (id) => {
    const needing = [...heads].filter(([, needed]) => needed.has(id)).map(([head]) => head);
    return needing.length > 0 && needing.every((head) => SELDOM.test(head));
  };

  reached.forEach(chunkOf);
  return chunks;
};

/** The files in an order in which each comes before those that it needs. Throws if two need each other. */
exports.inOrder = (modules, chunks) => {
  const needs = new Map([...chunks.values()].map((chunk) => [chunk, new Set()]));
  for (const [id, chunk] of chunks) {
    for (const other of modules.get(id).imports) needs.get(chunk).add(chunks.get(other));
    needs.get(chunk).delete(chunk);
  }
  const order = new Set();
  const visit = (chunk, way) => {
    if (way.includes(chunk)) throw new Error(`files that need each other: ${[...way, chunk].join(' -> ')}`);
    if (order.has(chunk)) return;
    for (const other of needs.get(chunk)) visit(other, [...way, chunk]);
    order.add(chunk);
  };
  for (const chunk of needs.keys()) visit(chunk, []);
  return [...order].reverse();
};

function fileName(id) {
  return id.replace(/\/index$/, '').replaceAll('/', '-');
}

/** A module, and all that is loaded with it. */
function neededBy(modules, id, found = new Set()) {
  if (found.has(id)) return found;
  found.add(id);
  for (const other of modules.get(id).imports) neededBy(modules, other, found);
  return found;
}

/** All modules that are loaded with some, or later. */
function reachedFrom(modules, ids, found = new Set()) {
  for (const id of ids) {
    if (found.has(id)) continue;
    found.add(id);
    const { imports, requires } = modules.get(id);
    reachedFrom(modules, [...imports, ...requires], found);
  }
  return [...found];
}

/** Of each module the heads of files that are loaded whenever it is: with what it needs, and with all that lead to it. */
function loadedWith(modules, reached, heads, ofFirst) {
  const before = new Map(reached.map((id) => [id, []]));
  const starts = new Set(heads.keys());
  for (const id of reached) {
    for (const other of [...modules.get(id).imports, ...modules.get(id).requires]) before.get(other)?.push(id);
  }
  const byItself = new Map(
    reached.map((id) => [id, new Set([...neededBy(modules, id)].filter((one) => heads.has(one)))]),
  );
  const there = new Map(reached.map((id) => [id, starts]));
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const id of reached) {
      // To what the first files require nothing else has to lead.
      const [one = new Set(), ...others] = ofFirst.has(id) ? [] : before.get(id).map((other) => there.get(other));
      const common = [...one].filter((head) => others.every((other) => other.has(head)));
      const now = new Set([...byItself.get(id), ...common]);
      hasChanged ||= now.size !== there.get(id).size;
      there.set(id, now);
    }
  }
  return there;
}

import type { Link, LinkOptions, NetworkNamespace } from '../../../lib';
import { linkFields } from '../../../lib/protocol/link-attributes';
import { linkHeaderFields } from '../../../lib/protocol/link-header';
import { linkKinds, portKinds } from '../../../lib/protocol/link-kinds';
import type { LinkKind } from '../../../lib/protocol/link-kind';
import { ip, type Row } from '../oracle';
import type { Table } from './law';
import { chosen, withWhatIsTaken, type Model } from './options';
import { isReference, legalValues, type AnyField } from './values';

/** Links from this index on are those that go and come again; what they stand on stays. */
const FIRST = 100;
/** From here on are peers of which nothing was said. */
const PEERS = 0x100000;
/** What links stand on, by their indexes. */
const lower = [50, 52, 54, 56];

/** What a row cannot say of a link that is made again, or what another test says. */
const apart: ReadonlySet<string> = new Set([
  ...['name', 'namespace', 'linkNamespaceId', 'link', 'master', 'carrier', 'parentDevice', 'peer', 'alternativeNames'],
]);

/** Values of each property that requests may say and rows have. */
export function modelOf(fields: Readonly<Record<string, AnyField>>, references: readonly unknown[]): Model {
  const entries = Object.entries(fields).flatMap(([name, field]) => {
    if (field.readOnly || 'writeOnly' in field || name in linkHeaderFields || apart.has(name)) return [];
    return [[name, isReference(field) ? references : legalValues(name, field)] as const];
  });
  return Object.fromEntries(entries);
}

const { index, ...headerFields } = linkHeaderFields;
const switches = Object.entries<AnyField>(headerFields).flatMap(([name, { readOnly }]) => (readOnly ? [] : [name]));

/**
 * Whoever changes anything of a vxlan link that has one of these has the kernel (6.14 to 6.18) count its bits as reserved as well, which it
 * takes of no new one.
 */
const spoiled: ReadonlySet<string> = new Set(['gbp', 'gpe', 'remoteChecksumReceive']);

/** Changes lead these kinds into states in which none can be made: a bond that watches links by ARP and MII. */
const wholeAtOnce: ReadonlySet<string> = new Set(['bond']);

/** Of what the kernel makes an object each, and of what chance should not have too many. */
const small: Model = { transmitQueues: [1, 3], receiveQueues: [1, 2] };

let common: Model | undefined;

function commonModel(): Model {
  return (common ??= {
    ...modelOf(linkFields, []),
    ...small,
    ...Object.fromEntries(switches.map((name) => [name, [true, false]])),
  });
}

const kinds: Readonly<Record<string, LinkKind>> = linkKinds;
const ports: Readonly<Record<string, LinkKind>> = portKinds;

function hasPeer(kind: unknown): boolean {
  return kinds[String(kind)]?.data.fields.peer !== undefined;
}

function isGivenBack(index: number): boolean {
  return index >= FIRST && index < PEERS;
}

/** One end of a pair that is given back gets another peer. */
function withoutPeer(link: Link): Link {
  return hasPeer(link.kind) ? { ...link, link: undefined as never } : link;
}

/** The links that go and come again. */
export function tableOf(namespace: NetworkNamespace): Table<Link> {
  return {
    list: async () => (await namespace.links.list()).filter(({ index }) => isGivenBack(index)).map(withoutPeer),
    add: (rows) => namespace.links.add(rows as LinkOptions[]),
    delete: (rows) => namespace.links.delete(rows),
    shown: async () =>
      (await ip(namespace, 'link show'))
        .filter(({ ifindex }) => isGivenBack(ifindex as number))
        .map((row) => (hasPeer((row.linkinfo as Row | undefined)?.info_kind) ? { ...row, link: undefined } : row)),
    // Others have the first of ports in their place.
    isDeletedAlone: ({ kind, index }) => ports[kind ?? ''] === undefined && index > FIRST + 1,
  };
}

/** Makes what links stand on. */
export async function makeLower({ links }: NetworkNamespace): Promise<void> {
  for (const index of lower) {
    const address = `02:00:00:00:10:${String(index)}`;
    const peer = { name: `other${String(index)}`, index: index + 1, up: true };
    await links.add({ kind: 'veth', name: `lower${String(index)}`, index, address, up: true, peer });
  }
}

function addressOf(index: number): string {
  return `02:00:00:01:00:${index.toString(16).padStart(2, '0')}`;
}

/**
 * Makes links of a kind with all sorts of options, and tells which the kernel took. What it refuses is given up: of what is chosen when
 * a link is made until it makes one, of the rest each for itself.
 */
export async function makeLinks(namespace: NetworkNamespace, kind: string, count: number): Promise<Set<string>> {
  const { links } = namespace;
  const { data, hasLink } = kinds[kind]!;
  const own = modelOf(data.fields, lower);
  const fields = { ...linkFields, ...data.fields } as unknown as Readonly<Record<string, AnyField | undefined>>;
  let index = FIRST;
  const make = (options: Record<string, unknown>) => {
    const link = hasLink ? { link: lower[index % lower.length] } : {};
    const name = `k${String(index)}`;
    // Of each others, as names are of one link each.
    const alternativeNames = Array.from({ length: index % 3 }, (_, place) => `${name}-another-name-${String(place)}`);
    const whole = { kind, name, index, ...link, address: addressOf(index), alternativeNames, ...options };
    return links.add(whole as unknown as LinkOptions);
  };
  const needed = await neededOf(own, async (options) => {
    await make(options);
    await links.delete(index);
  });
  const taken = new Set<string>();
  for (const options of chosen({ ...commonModel(), ...own }, count)) {
    const entries = Object.entries(options);
    const isAtOnce = ([name]: [string, unknown]) => fields[name]?.isCreateOnly === true || wholeAtOnce.has(kind);
    const base = needed === undefined ? {} : { [needed]: own[needed]![index % own[needed]!.length] };
    const made = await withWhatIsTaken(Object.fromEntries(entries.filter(isAtOnce)), async (given) => {
      await make({ ...base, ...given });
      return given;
    });
    if (made === undefined) continue;
    const isKept = wholeAtOnce.has(kind) || Object.keys(made).some((name) => spoiled.has(name));
    for (const [name, value] of isKept ? [] : entries.filter((one) => !isAtOnce(one))) {
      await links.set(index, { kind, [name]: value }).then(
        () => taken.add(name),
        () => undefined,
      );
    }
    index++;
    for (const name of Object.keys({ ...base, ...made })) taken.add(name);
  }
  return taken;
}

/** The property without which there is no link of a kind. */
async function neededOf(model: Model, make: (options: Record<string, unknown>) => Promise<void>) {
  const isMade = (options: Record<string, unknown>) =>
    make(options).then(
      () => true,
      () => false,
    );
  if (await isMade({})) return undefined;
  for (const [name, values] of Object.entries(model)) {
    for (const value of values.slice(0, 4)) if (await isMade({ [name]: value })) return name;
  }
  throw new Error('no link of this kind could be made: what does it need?');
}

/** Makes ports of a master of a kind, up and down, in the same way. */
export async function makePorts(namespace: NetworkNamespace, kind: string, count: number): Promise<Set<string>> {
  const { links } = namespace;
  const own = modelOf(kinds[kind]!.data.fields, []);
  const make = async (options: Record<string, unknown>) => {
    await links.add({
      kind,
      name: 'master',
      index: FIRST,
      up: true,
      address: addressOf(FIRST),
      ...options,
    } as LinkOptions);
  };
  const needed = await neededOf(own, async (options) => {
    await make(options);
    await links.delete(FIRST);
  });
  await make(needed === undefined ? {} : { [needed]: own[needed]![0] });
  const property = `${kind}Port`;
  const model = modelOf(ports[kind]!.data.fields, [FIRST + 1]);
  const taken = new Set<string>();
  for (const [place, options] of [{}, ...chosen(model, count)].entries()) {
    const index = FIRST + 1 + place;
    const base = {
      kind: 'ifb',
      name: `p${String(index)}`,
      index,
      address: addressOf(index),
      master: FIRST,
      up: place % 2 === 0,
    };
    const made = await withWhatIsTaken(options, async (given) => {
      await links.add({ ...base, [property]: given } as unknown as LinkOptions);
      return given;
    });
    for (const name of Object.keys(made ?? {})) taken.add(name);
  }
  return taken;
}

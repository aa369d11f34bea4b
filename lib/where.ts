/** The namespace that an error is about, as far as it is known. */
export interface ErrorNamespace {
  /** The name under which it was opened, or is to be made; undefined if that is not known. */
  readonly name: string | undefined;
  /** Its inode, as `ls -Li /run/netns` shows it; undefined if it is not open. */
  readonly inode: number | undefined;
}

/** A namespace as JSON.stringify writes it. */
export interface NamespaceJson {
  /** Its name; absent if it has none. */
  name?: string;
  /** Its inode, as `ls -Li /run/netns` shows it; absent if it is not open. */
  inode?: number;
}

/** The place that an error is about. */
export interface Where {
  /** In words: "namespace 'blue'". */
  readonly text: string;
  readonly name?: string | undefined;
  readonly inode?: number | undefined;
  /** Whether it is a namespace, and not a file or process that should lead to one. */
  readonly isNamespace: boolean;
}

/** A namespace that is known by its name, or open. */
export function inNamespace(name: string | undefined, inode?: number): Where {
  return inNamespaceCalled(
    name === undefined ? `namespace net:[${String(inode)}]` : `namespace '${name}'`,
    inode,
    name,
  );
}

/** An open namespace with a description of its own: 'the host namespace'. */
export function inNamespaceCalled(text: string, inode: number | undefined, name?: string): Where {
  return { text, name, inode, isNamespace: true };
}

/** A namespace that is to be made. */
export function inNewNamespace(name: string | undefined): Where {
  return name === undefined ? inNamespaceCalled('a new namespace', undefined) : inNamespace(name);
}

/** A file or process that should lead to a namespace: "'/etc/passwd'". */
export function atPlace(text: string): Where {
  return { text, isNamespace: false };
}

/** The namespace as an error's property. */
export function namespaceOf({ name, inode, isNamespace }: Where): ErrorNamespace | undefined {
  return isNamespace ? { name, inode } : undefined;
}

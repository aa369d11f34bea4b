/** The namespace that an error is about, as far as it is known. */
export interface ErrorNamespace {
  /** The name under which it was opened, or is to be made; undefined where it is not known by one. */
  readonly name: string | undefined;
  /** Its inode, as `ls -Li /run/netns` shows it; undefined of one that is not open. */
  readonly inode: number | undefined;
}

/** Where something happens, for errors. */
export interface Where {
  /** As a person calls it: "namespace 'blue'". */
  readonly text: string;
  readonly name?: string | undefined;
  readonly inode?: number | undefined;
  /** Whether it is a namespace, and no file or process that was to lead to one. */
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

/** A namespace that is open, in other words: 'the host namespace'. */
export function inNamespaceCalled(text: string, inode: number | undefined, name?: string): Where {
  return { text, name, inode, isNamespace: true };
}

/** A namespace that is to be made. */
export function inNewNamespace(name: string | undefined): Where {
  return name === undefined ? inNamespaceCalled('a new namespace', undefined) : inNamespace(name);
}

/** What was to lead to a namespace: "'/etc/passwd'". */
export function atPlace(text: string): Where {
  return { text, isNamespace: false };
}

/** What an error says of it. */
export function namespaceOf({ name, inode, isNamespace }: Where): ErrorNamespace | undefined {
  return isNamespace ? { name, inode } : undefined;
}

import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** What is linked: the addon, and the program through which others are started. */
export const modules = ['addon', 'helper'] as const;
export type Module = (typeof modules)[number];

const files: Readonly<Record<Module, string>> = { addon: 'rtnetlink.node', helper: 'rtnetlink-exec' };

/** What a module calls of the C library. */
export interface Call {
  module: Module;
  /** As the linker knows it: 'open64'. */
  name: string;
}

/** Of the C library, and no way into the kernel, or one that cannot fail. What is not here is a system call: new ones are found. */
const harmless =
  /^(_ITM_.*|__gmon_start__|__cxa_.*|__libc_start_main|__libc_single_threaded|__errno_location|__stack_chk_fail|__tls_get_addr|__(mem|str|sn?printf|v?fprintf)\w*_chk|mem\w+|str\w+|malloc|calloc|realloc|free|abort|snprintf|fputs|fwrite|pthread_(mutex_\w+|self|setname_np)|sigfillset|pthread_sigmask|eventfd_write|dirfd|getpid|gettid|stderr|environ|bcmp|time)$/;

/** All system calls of the modules as they are built, from the symbols that they want of the C library. */
export function systemCalls(): Call[] {
  return modules.flatMap((module) => {
    const file = path.join(__dirname, '../../build/Release', files[module]);
    const symbols = execFileSync('nm', ['-D', '--undefined-only', file], { encoding: 'utf8' });
    // Those of the C++ library are of other versions, and those of Node of none.
    const names = [...symbols.matchAll(/ U (\w+)@GLIBC_[\d.]+$/gm)].map(([, name]) => name!);
    const calls = names.filter((name) => !harmless.test(name)).map((name) => ({ module, name }));
    // A std::thread is made by the C++ library, for the addon alone: Node makes its threads otherwise.
    return module === 'addon' ? [...calls, { module, name: 'pthread_create' }] : calls;
  });
}

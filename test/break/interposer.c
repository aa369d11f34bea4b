// Preloaded into a process: stands before functions of the C library, counts how often the addon or its helper calls each, and has one of
// those calls fail. The functions are in calls.h, which interposer.ts makes, as CALL(number, name, how):
//   how FAILS: gives -1; IS_NULL: a null pointer; GIVES: the error's number; ENDS: fails behind having been carried out
// None of them has more than six arguments besides the number of syscall(2), and those are whole numbers and pointers.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

enum how { FAILS, IS_NULL, GIVES, ENDS };
enum module { NONE, ADDON, HELPER };

// A file that whoever tries this has mapped, or writes, too.
struct control {
  _Atomic unsigned call;    // that fails, by its number; 0 for none
  _Atomic unsigned module;  // whose
  _Atomic unsigned error;
  _Atomic unsigned nth;
  _Atomic unsigned all_behind;  // from the nth on, rather than it alone
  _Atomic unsigned seen;
  _Atomic unsigned failed;
  _Atomic unsigned before;  // another call of the same module that fails once, without which this one is not called
  _Atomic unsigned before_error;
  _Atomic unsigned unused[7];
  _Atomic unsigned counts[1024][2];
};

static struct control idle;
static struct control *control = &idle;
static enum module self;  // of the whole program
static _Atomic unsigned long first, last;
// Ours, as the helper is to have them: 'LD_PRELOAD=...', 'RTNETLINK_BREAK_CONTROL=...'.
static char preload[4096], controlled[4096];

__attribute__((constructor)) static void start(void) {
  char name[4096];
  const long size = readlink("/proc/self/exe", name, sizeof name - 1);
  if (size > 0) {
    name[size] = 0;
    if (strstr(name, "/rtnetlink-exec") != NULL) self = HELPER;
  }
  const char *library = getenv("LD_PRELOAD"), *file = getenv("RTNETLINK_BREAK_CONTROL");
  if (library != NULL) snprintf(preload, sizeof preload, "LD_PRELOAD=%s", library);
  if (file != NULL) snprintf(controlled, sizeof controlled, "RTNETLINK_BREAK_CONTROL=%s", file);
  const int fd = file == NULL ? -1 : open(file, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) control = mapped;
  close(fd);
}

static int find(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  if (strstr(info->dlpi_name, "/rtnetlink.node") == NULL) return 0;
  unsigned long end = 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const unsigned long behind = info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
    if (info->dlpi_phdr[i].p_type == PT_LOAD && behind > end) end = behind;
  }
  atomic_store(&last, info->dlpi_addr + end);
  atomic_store(&first, info->dlpi_addr);
  return 1;
}

static enum module module_of(unsigned call, void *caller) {
  if (self == HELPER) return HELPER;
  const unsigned long address = (unsigned long)caller;
  Dl_info info;
  if (call == PTHREAD_CREATE) {
    return dladdr(caller, &info) != 0 && strstr(info.dli_fname, "/libstdc++") != NULL ? ADDON : NONE;
  }
  if (first == 0) {
    if (dladdr(caller, &info) == 0 || strstr(info.dli_fname, "/rtnetlink.node") == NULL) return NONE;
    dl_iterate_phdr(find, NULL);
  }
  return address >= first && address < last ? ADDON : NONE;
}

// The error with which a call is to fail; 0 for none.
static int error_of(unsigned call, void *caller) {
  const enum module module = module_of(call, caller);
  if (module == NONE) return 0;
  ++control->counts[call][module - 1];
  if (control->call == 0 || control->module != module) return 0;
  if (control->before == call && call != 0) {
    control->before = 0;
    return (int)control->before_error;
  }
  if (control->call != call) return 0;
  const unsigned seen = ++control->seen;
  if (control->all_behind ? seen < control->nth : seen != control->nth) return 0;
  ++control->failed;
  return (int)control->error;
}

typedef long function(long, long, long, long, long, long, long);

// The library marks variables such as LD_PRELOAD, so that they are the program's and not the helper's: node gives it ours.
static long start_program(function *real, long file, long arguments) {
  static char *environment[4096];
  if (self != HELPER && strstr((const char *)file, "/rtnetlink-exec") != NULL) {
    size_t count = 0;
    while (environ[count] != NULL && count < 4000) ++count;
    memcpy(environment, environ, count * sizeof *environ);
    environment[count++] = preload;
    environment[count++] = controlled;
    environment[count] = NULL;
    environ = environment;
  }
  return real(file, arguments, 0, 0, 0, 0, 0);
}

#define CALL(number, name, how)                                                              \
  long intercepted_##name(long, long, long, long, long, long, long) __asm__(#name);          \
  __attribute__((visibility("default"))) long intercepted_##name(long a, long b, long c, long d, long e, long f, long g) { \
    static function *real;                                                                   \
    if (real == NULL) real = (function *)dlsym(RTLD_NEXT, #name);                            \
    const int cannot = number == EPOLL_CTL && b == EPOLL_CTL_DEL; /* of what was added, and is open */ \
    const int error = cannot ? 0 : error_of(number, __builtin_return_address(0));            \
    if (error == 0) return number == EXECVP ? start_program(real, a, b) : real(a, b, c, d, e, f, g); \
    if (how == ENDS) (void)real(a, b, c, d, e, f, g);                                        \
    if (how == GIVES) return error;                                                          \
    errno = error;                                                                           \
    return how == IS_NULL ? 0 : -1;                                                          \
  }
#include "calls.h"

/* What the library's objects and those of libstdc++ want of a glibc newer than 2.28, for the addon alone. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OWN __attribute__((visibility("hidden")))

/* Since 2.32: whether libstdc++ may count references without atomic operations. */
OWN char __libc_single_threaded = 0;

/* Since 2.33; before, macros that called __xstat and others. */
OWN int fstatat(int directory, const char* file, struct stat* result, int flags) {
  return (int)syscall(SYS_newfstatat, directory, file, result, flags);
}
OWN int stat(const char* file, struct stat* result) { return fstatat(AT_FDCWD, file, result, 0); }
OWN int lstat(const char* file, struct stat* result) { return fstatat(AT_FDCWD, file, result, AT_SYMLINK_NOFOLLOW); }
OWN int fstat(int fd, struct stat* result) { return fstatat(fd, "", result, AT_EMPTY_PATH); }

/* The same by other names: a long is 64 bits wide. */
OWN int stat64(const char* file, struct stat64* result) { return fstatat(AT_FDCWD, file, (void*)result, 0); }
OWN int lstat64(const char* file, struct stat64* result) {
  return fstatat(AT_FDCWD, file, (void*)result, AT_SYMLINK_NOFOLLOW);
}
OWN int fstat64(int fd, struct stat64* result) { return fstatat(fd, "", (void*)result, AT_EMPTY_PATH); }

/* Since 2.30. */
OWN pid_t gettid(void) { return (pid_t)syscall(SYS_gettid); }

/* Since 2.36, of std::random_device. */
OWN uint32_t arc4random(void) {
  uint32_t value = 0;
  while (getrandom(&value, sizeof value, 0) != sizeof value) continue;
  return value;
}

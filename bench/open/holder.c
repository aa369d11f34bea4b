// Runs a program that has the network namespaces open which another process has open.
//
//   holder PID PROGRAM ARGUMENT...

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int fail(const char* what) {
  perror(what);
  return 1;
}

int main(int argc, char** argv) {
  char directory[64];
  if (argc < 3) {
    fprintf(stderr, "usage: %s PID PROGRAM ARGUMENT...\n", argv[0]);
    return 2;
  }
  snprintf(directory, sizeof directory, "/proc/%s/fd", argv[1]);
  DIR* entries = opendir(directory);
  if (entries == NULL) return fail(directory);
  for (const struct dirent* entry; (entry = readdir(entries)) != NULL;) {
    char target[64] = "";
    if (readlinkat(dirfd(entries), entry->d_name, target, sizeof target - 1) < 0) continue;
    if (strncmp(target, "net:[", 5) != 0) continue;
    // To stay open in the program.
    if (openat(dirfd(entries), entry->d_name, O_RDONLY) < 0) return fail(entry->d_name);
  }
  closedir(entries);
  execv(argv[2], argv + 2);
  return fail(argv[2]);
}

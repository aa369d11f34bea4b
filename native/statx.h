#ifndef RTNETLINK_STATX_H_
#define RTNETLINK_STATX_H_

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace rtnetlink {

// statx(2), which musl has a function for since 1.2.5.
inline int Statx(int directory, const char* path, int flags, unsigned mask, struct ::statx* result) {
  return static_cast<int>(::syscall(SYS_statx, directory, path, flags, mask, result));
}

}  // namespace rtnetlink

#endif  // RTNETLINK_STATX_H_

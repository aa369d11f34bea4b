#ifndef RTNETLINK_SHARED_DIRECTORY_H_
#define RTNETLINK_SHARED_DIRECTORY_H_

#include <string>

#include "interrupt.h"
#include "result.h"

namespace rtnetlink {

// Makes sure that a directory exists and is a shared mount, so that namespaces mounted in it appear in, and vanish
// from, other mount namespaces too. Otherwise a container started meanwhile would keep every namespace alive.
Status PrepareDirectory(const std::string& directory, const Interrupt& interrupt);

}  // namespace rtnetlink

#endif  // RTNETLINK_SHARED_DIRECTORY_H_

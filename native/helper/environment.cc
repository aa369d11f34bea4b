#include "helper/environment.h"

namespace rtnetlink::helper {

void RestoreEnvironment(char** environment) {
  for (char** variable = environment; *variable != nullptr; ++variable) {
    if (**variable == kMark) ++*variable;
  }
}

}  // namespace rtnetlink::helper

#ifndef RTNETLINK_HELPER_ENVIRONMENT_H_
#define RTNETLINK_HELPER_ENVIRONMENT_H_

namespace rtnetlink::helper {

// What the library puts before the names of the program's variables. LD_PRELOAD and its like are the program's, which
// may run as another user than the helper does; so the loader of the helper must not know them.
constexpr char kMark = '+';

// Takes the mark away. Variables without it stay: Node adds some of its own.
void RestoreEnvironment(char** environment);

}  // namespace rtnetlink::helper

#endif  // RTNETLINK_HELPER_ENVIRONMENT_H_

#ifndef RTNETLINK_HELPER_FAILURE_H_
#define RTNETLINK_HELPER_FAILURE_H_

#include <array>
#include <climits>

namespace rtnetlink::helper {

// A step towards the program that failed: its errno, the name of the system call, and the file that it was about, if
// there is one. Success has the code 0. The helper starts often and does without the C++ library, so no std::string.
struct [[nodiscard]] Failure {
  int code = 0;
  const char* call = "";
  std::array<char, PATH_MAX> file{};

  explicit operator bool() const { return code != 0; }

  // Takes the code from errno.
  static Failure Last(const char* call, const char* file = "");
};

// Tells the library: "ERRNO CALL FILE". It may be gone already, and then nobody wants to know.
void Report(int status, const Failure& failure);

}  // namespace rtnetlink::helper

#endif  // RTNETLINK_HELPER_FAILURE_H_

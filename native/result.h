#ifndef RTNETLINK_RESULT_H_
#define RTNETLINK_RESULT_H_

#include <cerrno>
#include <utility>
#include <variant>

namespace rtnetlink {

// A failed system call: its errno and its name, a string literal. What fails without a system call borrows the errno
// that fits and names the argument at fault ('handle', 'name', 'requests' ...).
struct Error {
  int code = 0;
  const char* call = nullptr;

  static Error Last(const char* call) { return Error{errno, call}; }
};

// A value or the reason why there is none. Errors travel as values up to the addon's border.
template <typename T>
class [[nodiscard]] Result {
 public:
  // NOLINTBEGIN(google-explicit-constructor): `return value;` and `return Error::Last("open");` both read well
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, error) {}
  // NOLINTEND(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  T& value() { return *std::get_if<0>(&state_); }
  const T& value() const { return *std::get_if<0>(&state_); }
  const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

// Success without a value, or an error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): as above
  Status(Error error) : error_(error) {}

  bool ok() const { return error_.code == 0; }
  const Error& error() const { return error_; }

 private:
  Error error_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_RESULT_H_

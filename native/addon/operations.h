#ifndef RTNETLINK_ADDON_OPERATIONS_H_
#define RTNETLINK_ADDON_OPERATIONS_H_

#include <optional>
#include <variant>
#include <vector>

#include "addon/arguments.h"
#include "session.h"

namespace rtnetlink {

// A method of the addon's `Runtime`, which lib/native.ts describes, that begins an operation of the session. The number
// of the operation is the first argument.
struct Operation {
  const char* name = nullptr;
  void (*begin)(Session& session, OperationId id, const Arguments& arguments) = nullptr;
  // Which argument is the trip that it belongs to, if it may belong to one.
  std::optional<std::size_t> trip;
};

// What a method gives: nothing, a number or several.
using CallResult = std::variant<std::monostate, int, std::vector<int>>;

// A method that is done when it returns. It gives nothing where there is no session yet.
struct Call {
  const char* name = nullptr;
  CallResult (*run)(Session& session, const Arguments& arguments) = nullptr;
};

const std::vector<Operation>& Operations();
const std::vector<Call>& Calls();

}  // namespace rtnetlink

#endif  // RTNETLINK_ADDON_OPERATIONS_H_

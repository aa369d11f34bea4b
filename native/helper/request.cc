#include "helper/request.h"

#include <charconv>
#include <cstring>
#include <system_error>

namespace rtnetlink::helper {
namespace {

constexpr int kFixed = 7;

bool IsAbsent(const char* argument) { return std::strcmp(argument, "-") == 0; }

// A number from 0 to INT_MAX, or nothing.
std::optional<int> ToNumber(const char* text) {
  const char* end = text + std::strlen(text);
  int value = 0;
  const auto [behind, error] = std::from_chars(text, end, value);
  if (error != std::errc() || behind != end || value < 0) return std::nullopt;
  return value;
}

// Reads an id that may be absent; false if it is neither.
template <typename Id>
bool ReadId(const char* text, std::optional<Id>& id) {
  if (IsAbsent(text)) return true;
  const auto number = ToNumber(text);
  if (number) id = static_cast<Id>(*number);
  return number.has_value();
}

}  // namespace

std::optional<Request> ParseRequest(int count, char** arguments) {
  if (count <= kFixed) return std::nullopt;
  Request request;
  const auto network_namespace = ToNumber(arguments[1]);
  const auto status = ToNumber(arguments[2]);
  if (!network_namespace || !status) return std::nullopt;
  request.network_namespace = *network_namespace;
  request.status = *status;
  if (!ReadId(arguments[3], request.uid) || !ReadId(arguments[4], request.gid)) return std::nullopt;
  // A name begins with "=", since it may be "-".
  if (!IsAbsent(arguments[5])) {
    if (arguments[5][0] != '=') return std::nullopt;
    request.name = arguments[5] + 1;
  }
  request.file = arguments[6];
  request.arguments = arguments + kFixed;
  return request;
}

}  // namespace rtnetlink::helper

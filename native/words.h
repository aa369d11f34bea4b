#ifndef RTNETLINK_WORDS_H_
#define RTNETLINK_WORDS_H_

#include <string>
#include <string_view>

#include "result.h"

namespace rtnetlink {

// Takes the first word off a text, behind white space. False if there is none. Streams would do this as well, and make
// the addon twice as large where the C++ library is a part of it (scripts/prebuild/).
inline bool TakeWord(std::string_view& text, std::string_view& word) {
  constexpr std::string_view kSpace = " \t\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return false;
  text.remove_prefix(begin);
  word = text.substr(0, text.find_first_of(kSpace));
  text.remove_prefix(word.size());
  return true;
}

// The whole text of a file of procfs.
Result<std::string> ReadAll(const std::string& path);

}  // namespace rtnetlink

#endif  // RTNETLINK_WORDS_H_

#include "mounted_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <map>
#include <memory>
#include <string_view>

#include "unique_fd.h"
#include "words.h"

namespace rtnetlink {
namespace {

constexpr Error kNoProc{ENODEV, "procfs"};

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

struct TableEntry {
  std::string id;
  std::string parent;
  std::string device;
  // The part of the file system that is mounted, and where.
  std::string root;
  std::string place;
  std::string type;
};

// mountinfo writes space, tab, newline and backslash as a backslash and three octal digits.
std::string Unescape(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 3 >= text.size()) {
      plain += text[at];
      continue;
    }
    plain += static_cast<char>(std::strtol(std::string(text.substr(at + 1, 3)).c_str(), nullptr, 8));
    at += 3;
  }
  return plain;
}

std::vector<TableEntry> Entries(std::string_view mountinfo) {
  std::vector<TableEntry> entries;
  while (!mountinfo.empty()) {
    std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
    // Of a line that is cut short the rest is empty.
    const auto next = [&line] {
      std::string_view word;
      return TakeWord(line, word) ? word : std::string_view();
    };
    TableEntry entry;
    entry.id = next();
    entry.parent = next();
    entry.device = next();
    entry.root = Unescape(next());
    entry.place = Unescape(next());
    for (std::string_view word = next(); !word.empty() && word != "-"; word = next()) continue;
    entry.type = next();
    if (!entry.type.empty()) entries.push_back(std::move(entry));
  }
  return entries;
}

// The path in a file system of what a mount table has at a place.
std::string PathInside(const TableEntry& mount, const std::string& place) {
  const std::string root = mount.root == "/" ? "" : mount.root;
  const std::string below = mount.place == "/" ? place : place.substr(std::min(mount.place.size(), place.size()));
  return root + below;
}

// Empty if it is gone, or out of sight.
std::string ReadLink(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  return size <= 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(size));
}

Result<DirectoryPlace> PlaceOf(const std::string& directory) {
  const UniqueFd opened(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return Error::Last("open");
  const std::string number = std::to_string(opened.get());
  const auto info = ReadAll("/proc/thread-self/fdinfo/" + number);
  if (!info.ok()) return info.error().code == ENOENT ? kNoProc : info.error();
  const auto table = ReadAll("/proc/thread-self/mountinfo");
  if (!table.ok()) return table.error();
  std::string_view words = info.value();
  std::string_view id;
  for (std::string_view word; TakeWord(words, word);) {
    if (word == "mnt_id:") TakeWord(words, id);
  }
  for (const TableEntry& mount : Entries(table.value())) {
    if (mount.id != id) continue;
    return DirectoryPlace{mount.device, PathInside(mount, ReadLink("/proc/thread-self/fd/" + number))};
  }
  return Error{ENOENT, "mountinfo"};
}

bool IsNumber(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char digit) { return digit >= '0' && digit <= '9'; });
}

// What is gone by now, or may not be looked at by this process.
bool IsOutOfSight(int error) {
  constexpr std::array kCodes{ENOENT, ESRCH, EINVAL, EACCES, EPERM};
  return std::find(kCodes.begin(), kCodes.end(), error) != kCodes.end();
}

}  // namespace

std::vector<std::string> NamesMountedOn(const std::string& mountinfo, const DirectoryPlace& directory) {
  const std::vector<TableEntry> entries = Entries(mountinfo);
  std::map<std::string, const TableEntry*> by_id;
  for (const TableEntry& entry : entries) by_id[entry.id] = &entry;
  std::vector<std::string> names;
  for (const TableEntry& entry : entries) {
    if (entry.type != "nsfs") continue;
    const std::size_t slash = entry.place.rfind('/');
    const std::string name = entry.place.substr(slash + 1);
    const auto parent = by_id.find(entry.parent);
    // A process in another root does not see what it is mounted in: then the name alone counts.
    const bool is_here =
        parent == by_id.end() || (parent->second->device == directory.device &&
                                  PathInside(*parent->second, entry.place) == directory.path + "/" + name);
    if (is_here) names.push_back(name);
  }
  return names;
}

Result<MountedFiles> MountedFiles::Look(const std::string& directory) {
  const auto place = PlaceOf(directory);
  if (!place.ok()) return place.error();
  const std::unique_ptr<DIR, CloseDirectory> processes(::opendir("/proc"));
  if (!processes) return Error::Last("open");
  std::set<std::string> seen;
  std::set<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(processes.get());
    if (entry == nullptr) break;
    const std::string process = static_cast<const char*>(entry->d_name);
    if (!IsNumber(process)) continue;
    const std::string mounts = ReadLink("/proc/" + process + "/ns/mnt");
    if (mounts.empty() || seen.find(mounts) != seen.end()) continue;
    const auto table = ReadAll("/proc/" + process + "/mountinfo");
    if (!table.ok() && !IsOutOfSight(table.error().code)) return table.error();
    if (!table.ok()) continue;
    seen.insert(mounts);
    for (std::string& name : NamesMountedOn(table.value(), place.value())) names.insert(std::move(name));
  }
  if (errno != 0) return Error::Last("readdir");
  return MountedFiles(std::move(names));
}

}  // namespace rtnetlink

#ifndef RTNETLINK_NAMESPACE_FILES_H_
#define RTNETLINK_NAMESPACE_FILES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "buffer.h"
#include "file_tree.h"
#include "interrupt.h"
#include "namespaces.h"
#include "result.h"

namespace rtnetlink {

// Reading and writing the files of a namespace, each in one visit to it. Only on threads of the executor.

// A file or directory by its path below a root.
struct FilePlace {
  FileRoot root;
  std::string path;
};

// A file to its end. EFBIG of 'read' beyond `limit` bytes.
Result<Buffer> ReadFile(const NetworkNamespace& network_namespace, const FilePlace& place, std::size_t limit,
                        const Interrupt& interrupt);

struct Written {
  Status status;
  std::uint32_t count = 0;  // of the files that were written
};

// Writes files, in order, each with a single write(2), and ends with the first failure. EMSGSIZE of 'write' where
// fewer bytes were taken. `records`: u32 size of the path, u32 size of the content, the path, the content; again and
// again.
Written WriteFiles(const NetworkNamespace& network_namespace, FileRoot root, const Buffer& records,
                   const Interrupt& interrupt);

// What is in a directory, as records: u32 size of the name, u32 DT_* of its type, u32 errno of reading it, u32 size of
// the content, the name, the content. With `deep` the files in it and below, by their paths and with their contents,
// at most `limit` bytes in all; no link is followed, and what vanishes meanwhile is left out.
Result<Buffer> ReadDirectory(const NetworkNamespace& network_namespace, const FilePlace& place, bool deep,
                             std::size_t limit, const Interrupt& interrupt);

}  // namespace rtnetlink

#endif  // RTNETLINK_NAMESPACE_FILES_H_

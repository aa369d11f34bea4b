#include "completions.h"

#include <cstring>
#include <memory>
#include <utility>

namespace rtnetlink {

Completion Failed(Error error) {
  Completion completion;
  completion.error = error;
  return completion;
}

Completion Opened(Result<NetworkNamespace> opened) {
  if (!opened.ok()) return Failed(opened.error());
  Completion completion;
  completion.network_namespace = std::make_shared<const NetworkNamespace>(std::move(opened.value()));
  return completion;
}

void FillFrom(const Completion& opened, NamespaceCell& cell) {
  if (opened.network_namespace) return cell.Fill(opened.network_namespace);
  cell.Fill(opened.error);
}

Completion Content(Result<Buffer> content) {
  if (!content.ok()) return Failed(content.error());
  Completion completion;
  completion.data = std::move(content.value());
  return completion;
}

void AppendFailure(Buffer& records, std::uint32_t index, const Error& error) {
  struct {
    std::uint32_t index;
    std::int32_t code;
    char call[16];
  } record{index, error.code, {}};
  std::strncpy(record.call, error.call, sizeof record.call - 1);
  records.Append(&record, sizeof record);
}

}  // namespace rtnetlink

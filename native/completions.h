#ifndef RTNETLINK_COMPLETIONS_H_
#define RTNETLINK_COMPLETIONS_H_

#include <cstdint>

#include "buffer.h"
#include "mailbox.h"
#include "namespaces.h"
#include "result.h"

namespace rtnetlink {

// How operations end.

constexpr Error kInterrupted{ECANCELED, "interrupt"};

// The error of success is 0.
Completion Failed(Error error);
// With a namespace that was opened or made.
Completion Opened(Result<NetworkNamespace> opened);
// With what was read.
Completion Content(Result<Buffer> content);

// Tells those who name a namespace before it is there how its opening ended.
void FillFrom(const Completion& opened, NamespaceCell& cell);

// An operation of many steps tells which of them failed by records of u32 index, i32 code, char call[16].
void AppendFailure(Buffer& records, std::uint32_t index, const Error& error);

}  // namespace rtnetlink

#endif  // RTNETLINK_COMPLETIONS_H_

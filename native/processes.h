#ifndef RTNETLINK_PROCESSES_H_
#define RTNETLINK_PROCESSES_H_

#include <cstdint>
#include <vector>

#include "interrupt.h"
#include "namespaces.h"
#include "result.h"

namespace rtnetlink {

// The processes whose main threads are in a namespace, in ascending order. Those that end meanwhile and those that the
// process may not look at are left out. ENODEV of 'procfs' without /proc.
Result<std::vector<std::int32_t>> ProcessesIn(const NetworkNamespace& network_namespace, const Interrupt& interrupt);

}  // namespace rtnetlink

#endif  // RTNETLINK_PROCESSES_H_

#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace nano::test {

// What /proc says of a process. nanod and its workers hide from everybody but root.
uint64_t rssBytes(pid_t pid);
size_t descriptorCount(pid_t pid);
// User and system time, in clock ticks.
uint64_t cpuTicks(pid_t pid);
// How often this text stands in the memory that the process can write.
size_t occurrencesInMemory(pid_t pid, const std::string& text);

// Looks again and again, until it holds or the patience is over. For what another process does in
// its own time.
bool eventually(const std::function<bool()>& holds,
                std::chrono::seconds patience = std::chrono::seconds(30));

}  // namespace nano::test

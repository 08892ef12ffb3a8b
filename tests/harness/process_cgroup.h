#pragma once

#include <sys/types.h>

#include <string>

namespace nano::test {

// What a file holds; empty where there is none.
std::string content(const std::string& path);
// The group of a process in the hierarchy of a controller of version 1, or in version 2.
std::string groupOf(pid_t pid, const std::string& controller);

}  // namespace nano::test

#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <string>

namespace nano {

// A seccomp program for people, as it is kept in sandbox/golden: a line an instruction, with what
// it looks at. `architecture` is libseccomp's (SCMP_ARCH_*), for the names of the calls.
std::string listFilter(std::span<const sock_filter> program, uint32_t architecture);

}  // namespace nano

#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <span>

namespace nano {

// Runs a seccomp filter over made-up call data as the kernel would, and returns its SECCOMP_RET_*
// value. For tests: a policy is judged without being installed. An instruction that libseccomp does
// not generate is a kj::Exception.
uint32_t evaluateBpf(std::span<const sock_filter> program, const seccomp_data& data);

}  // namespace nano

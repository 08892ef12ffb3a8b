#pragma once

#include <string_view>

// A step of the lock-down that fails ends the process: nobody can forget to look at the result.
namespace nano {

// "sandbox: STEP: WHY" on stderr, then exit code kSandboxFailedExit without any clean-up.
[[noreturn]] void failStep(std::string_view step, std::string_view why);
[[noreturn]] void failStep(std::string_view step, int error);

// Fails the step, with errno, when a system call has returned a negative result.
long mustSucceed(std::string_view step, long result);

}  // namespace nano

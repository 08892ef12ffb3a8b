#pragma once

#include <string>
#include <string_view>

// What the process does to itself or to the kernel.
namespace nano::test {

// Empty: the act is none of these. Else what came of it, if the process is still there.
std::string runProcessAct(std::string_view act);

}  // namespace nano::test

#pragma once

#include <string_view>

// Acts below the RPC system: bytes on the socket that no library writes.
namespace nano::test {

bool isWireAct(std::string_view act);

// Takes the socket over, with whatever else was to be sent on it, and never gives it back.
[[noreturn]] void runWireAct(std::string_view act);

}  // namespace nano::test

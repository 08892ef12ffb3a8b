#pragma once

#include <span>

// What native code in a worker would try after a bug in V8: one list, which the victim program
// performs and escape_test.cc judges. A new escape idea is a new row.
namespace nano {

inline constexpr int kDies = 0;  // by SIGSYS

struct HostileAct {
  const char* name;
  int expectedErrno;  // kDies, or the errno that the act gets
  long (*run)();
};

std::span<const HostileAct> hostileActs();

}  // namespace nano

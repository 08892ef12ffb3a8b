#pragma once

#include <cstdint>

namespace nano {

// Puts this thread and its later children under a Landlock domain that allows nothing of what this
// kernel's Landlock can forbid: files, TCP, abstract sockets, signals to others. Needs
// no_new_privs. Returns the kernel's ABI version, 0 where there is no Landlock (before 5.13, or not
// switched on): the empty root holds without it. Any other failure ends the process.
uint32_t denyWithLandlock();

}  // namespace nano

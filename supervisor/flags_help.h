#pragma once

#include <string>

namespace nano {

// What `nanod --help` prints: nanod's own flags, section by section, each with its default.
std::string flagsHelp();

}  // namespace nano

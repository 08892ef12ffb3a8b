#pragma once

#include <optional>
#include <span>
#include <string>

namespace nano {

// What is wrong with a command line, its --flagfile included, that gflags would pass over or say
// less of: a flag that there is not, and a line of a file that is none. (gflags takes such a line
// for the name of a program, and leaves out all that follows.)
std::optional<std::string> flagWordsProblem(std::span<char* const> words);

}  // namespace nano

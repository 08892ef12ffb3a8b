#pragma once

#include <string>

namespace nano {

// The folder of the running program: bin/ of a build tree or of an installation.
std::string programDirectory();
// The bundler, in ../lib/nano beside it.
std::string esbuildPath();
// The program that tries the sandbox, beside the bundler.
std::string canaryPath();

}  // namespace nano

// Hands the engine's process over to a program of ours.
//
// The engine is the Node.js executable. Its first instruction leads to __libc_start_main(main,
// ...); this object is preloaded, so that call lands here, and Node's main is replaced by
// nano_main. No Node.js code runs but the constructors of its static objects.

#include <dlfcn.h>
#include <stdlib.h>

// NOLINTNEXTLINE(readability-identifier-naming): every engine program defines it.
extern "C" int nano_main(int argc, char** argv, char** environment);

namespace {

using Main = int (*)(int, char**, char**);
using LibcStartMain = int (*)(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);

int enter(int argc, char** argv, char** environment) {
  unsetenv("LD_PRELOAD");  // What we start must not become one of us.
  return nano_main(argc, argv, environment);
}

}  // namespace

// NOLINTNEXTLINE: name and parameters are glibc's.
extern "C" __attribute__((visibility("default"))) int __libc_start_main(Main, int argc, char** argv,
                                                                        void (*init)(),
                                                                        void (*fini)(),
                                                                        void (*rtldFini)(),
                                                                        void* stackEnd) {
  auto next = reinterpret_cast<LibcStartMain>(dlsym(RTLD_NEXT, "__libc_start_main"));
  return next(enter, argc, argv, init, fini, rtldFini, stackEnd);
}

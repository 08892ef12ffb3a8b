// Preloaded into nanod: while the file that NANO_NO_PROCESS names is there, the kernel gives no
// process (hostile case S17). A limit on processes would count those of others of the same user.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((visibility("default"))) long syscall(long number, ...) {
  static long (*real)(long, ...);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "syscall");
  const char* file = getenv("NANO_NO_PROCESS");
  if (number == SYS_clone3 && file != NULL && access(file, F_OK) == 0) {
    errno = EAGAIN;
    return -1;
  }
  long a[6];
  va_list arguments;
  va_start(arguments, number);
  for (int i = 0; i < 6; i++)
    a[i] = va_arg(arguments, long);
  va_end(arguments);
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

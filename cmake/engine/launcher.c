/* Starts an engine program: the engine's executable with our shared object preloaded.
 *
 * Both lie in ../lib/nano beside this file's folder, in a build tree as in an installed one. */

#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  (void)argc;
  char self[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length < 0) {
    fprintf(stderr, "%s: /proc is not mounted: %s\n", NANO_PROGRAM, strerror(errno));
    return 127;
  }
  self[length] = '\0';
  *strrchr(self, '/') = '\0';

  char engine[PATH_MAX + 32];
  char object[PATH_MAX + 64];
  snprintf(engine, sizeof engine, "%s/../lib/nano/engine", self);
  snprintf(object, sizeof object, "%s/../lib/nano/%s.so", self, NANO_PROGRAM);
  if (access(object, R_OK) != 0) {
    fprintf(stderr, "%s: %s: %s\n", NANO_PROGRAM, object, strerror(errno));
    return 127;
  }
  setenv("LD_PRELOAD", object, 1);
  /* The program cannot find its files from /proc/self/exe: that is the engine's package. */
  char library[PATH_MAX + 32];
  snprintf(library, sizeof library, "%s/../lib/nano", self);
  setenv("NANO_LIB_DIR", library, 1);
  execv(engine, argv);
  fprintf(stderr, "%s: cannot start the engine %s: %s (was 'npm ci' run?)\n", NANO_PROGRAM, engine,
          strerror(errno));
  return 127;
}

// The main of a folder's tests that run in the engine's process image.

#include <gtest/gtest.h>

extern "C" int nano_main(int argc, char** argv, char**) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

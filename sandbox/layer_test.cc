#include "sandbox/layer.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(LayerTest, EveryLayerIsFoundByItsName) {
  for (Layer layer : kAllLayers)
    EXPECT_EQ(parseLayer(layerName(layer)), layer);
}

TEST(LayerTest, WhatMayNeverBeLeftOutHasNoName) {
  for (const char* name :
       {"", "seccomp", "no_new_privs", "capabilities", "landlock", "all", "USERNS"})
    EXPECT_FALSE(parseLayer(name).has_value()) << name;
}

}  // namespace
}  // namespace nano

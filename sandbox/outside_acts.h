#pragma once

#include <optional>
#include <span>

#include "sandbox/layer.h"

// What the layers below the filter must refuse by themselves: tried in the sandbox before the
// filter is there, so that no layer hides that another one has no effect.
namespace nano {

struct OutsideAct {
  const char* name;
  std::optional<Layer> layer;  // which one refuses it; not tried where that is left out
  long (*run)();               // negative: refused
};

std::span<const OutsideAct> outsideActs();

}  // namespace nano

#include "sandbox/layer.h"

#include <algorithm>

#include <kj/debug.h>

namespace nano {

std::string_view layerName(Layer layer) {
  switch (layer) {
    case Layer::kUserNamespace:
      return "userns";
    case Layer::kMountNamespace:
      return "mountns";
    case Layer::kNetNamespace:
      return "netns";
    case Layer::kPidNamespace:
      return "pidns";
  }
  KJ_UNREACHABLE;
}

std::optional<Layer> parseLayer(std::string_view name) {
  for (Layer layer : kAllLayers) {
    if (layerName(layer) == name) return layer;
  }
  return std::nullopt;
}

bool isWeakened(const std::vector<Layer>& weakened, Layer layer) {
  return std::find(weakened.begin(), weakened.end(), layer) != weakened.end();
}

}  // namespace nano

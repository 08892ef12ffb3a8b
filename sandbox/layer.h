#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace nano {

// The layers that may be left out, by name and on the operator's word only. Seccomp, no_new_privs,
// capabilities and closing descriptors are not among them: those are never left out.
enum class Layer {
  kUserNamespace,
  kMountNamespace,
  kNetNamespace,  // and with it those of IPC, host name and cgroup
  kPidNamespace,
};

inline constexpr Layer kAllLayers[] = {Layer::kUserNamespace, Layer::kMountNamespace,
                                       Layer::kNetNamespace, Layer::kPidNamespace};

std::string_view layerName(Layer layer);  // "userns", "mountns", "netns", "pidns"
std::optional<Layer> parseLayer(std::string_view name);

bool isWeakened(const std::vector<Layer>& weakened, Layer layer);

}  // namespace nano

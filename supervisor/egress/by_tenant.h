#pragma once

#include <map>
#include <memory>
#include <string>

namespace nano {

// One thing for each tenant, while somebody has it.
template <typename Thing>
class ByTenant final {
 public:
  // `arguments` make it where there is none.
  template <typename... Arguments>
  std::shared_ptr<Thing> of(const std::string& tenant, Arguments... arguments) {
    auto found = things_.find(tenant);
    if (found != things_.end()) {
      if (auto thing = found->second.lock()) return thing;
    }
    std::erase_if(things_, [](const auto& entry) { return entry.second.expired(); });
    auto thing = std::make_shared<Thing>(arguments...);
    things_[tenant] = thing;
    return thing;
  }

 private:
  std::map<std::string, std::weak_ptr<Thing>> things_;
};

}  // namespace nano

#include "snapshot/shared_source.h"

#include "snapshot/deferred_module.h"
#include "snapshot/op_table.h"
#include "snapshot/ops/ops.h"

namespace nano {

SharedSources::SharedSources(const std::vector<std::string_view>& texts) {
  for (const auto& op : allOps())
    references_.push_back(reinterpret_cast<intptr_t>(op.callback));
  for (const auto getter : DeferredModule::references())
    references_.push_back(getter);
  references_.push_back(lazyPropertyReference());
  for (const auto text : texts) {
    sources_.push_back(std::make_unique<SharedSource>(text));
    references_.push_back(reinterpret_cast<intptr_t>(sources_.back().get()));
  }
  references_.push_back(0);
}

}  // namespace nano

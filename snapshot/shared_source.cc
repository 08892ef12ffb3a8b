#include "snapshot/shared_source.h"

#include "snapshot/deferred_module.h"
#include "snapshot/op_table.h"
#include "snapshot/ops/ops.h"

namespace nano {

SharedSources::SharedSources(const SharedTexts& texts) : plainCount_(texts.plain.size()) {
  for (const auto& op : allOps())
    references_.push_back(reinterpret_cast<intptr_t>(op.callback));
  for (const auto getter : DeferredModule::references())
    references_.push_back(getter);
  references_.push_back(lazyPropertyReference());
  for (const auto& list : {texts.plain, texts.compressed}) {
    for (const auto text : list) {
      sources_.push_back(std::make_unique<SharedSource>(text, texts.dictionary));
      references_.push_back(reinterpret_cast<intptr_t>(sources_.back().get()));
    }
  }
  references_.push_back(0);
}

}  // namespace nano

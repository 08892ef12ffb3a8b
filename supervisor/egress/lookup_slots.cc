#include "supervisor/egress/lookup_slots.h"

#include <utility>

#include <kj/memory.h>

namespace nano {

// A place in its app's queue, until its promise is fulfilled or dropped.
class LookupSlots::Waiter final {
 public:
  Waiter(kj::PromiseFulfiller<Turn>& fulfiller, LookupSlots& slots, Apps::iterator app)
      : fulfiller_(fulfiller),
        slots_(slots),
        app_(app),
        place_(app->waiting.insert(app->waiting.end(), this)) {
    slots_.waiting_++;
  }
  ~Waiter() noexcept(false) {
    if (!waits_) return;
    leave();
    slots_.forgetIdle(app_);
  }
  KJ_DISALLOW_COPY(Waiter);

  void enter() {
    leave();
    fulfiller_.fulfill(slots_.makeSlot(app_));
  }
  void refuse() {
    leave();
    fulfiller_.fulfill(Refusal::kAll);
  }

 private:
  void leave() {
    app_->waiting.erase(place_);
    slots_.waiting_--;
    waits_ = false;
  }

  kj::PromiseFulfiller<Turn>& fulfiller_;
  LookupSlots& slots_;
  Apps::iterator app_;
  std::list<Waiter*>::iterator place_;
  bool waits_ = true;
};

kj::Promise<LookupSlots::Turn> LookupSlots::take(const std::string& name) {
  auto app = find(name);
  if (open_ < bounds_.open && app->open < bounds_.openOfApp) return Turn(makeSlot(app));
  if (app->waiting.size() >= bounds_.waitingOfApp) return Turn(Refusal::kApp);
  if (waiting_ >= bounds_.waiting && !makeRoomFor(*app)) {
    forgetIdle(app);
    return Turn(Refusal::kAll);
  }
  return kj::newAdaptedPromise<Turn, Waiter>(*this, app);
}

LookupSlots::Apps::iterator LookupSlots::find(const std::string& name) {
  auto known = byName_.find(name);
  if (known != byName_.end()) return known->second;
  auto app = apps_.insert(apps_.end(), App{name});
  byName_.emplace(name, app);
  return app;
}

void LookupSlots::forgetIdle(Apps::iterator app) {
  if (app->open > 0 || !app->waiting.empty()) return;
  byName_.erase(app->name);
  apps_.erase(app);
}

// The longest queue gives way, so that every app gets its share of the common one.
bool LookupSlots::makeRoomFor(const App& newcomer) {
  auto longest = apps_.begin();
  for (auto app = apps_.begin(); app != apps_.end(); ++app) {
    if (app->waiting.size() > longest->waiting.size()) longest = app;
  }
  if (longest->waiting.size() <= newcomer.waiting.size() + 1) return false;
  longest->waiting.back()->refuse();
  return true;
}

kj::Own<LookupSlots::Slot> LookupSlots::makeSlot(Apps::iterator app) {
  open_++;
  app->open++;
  apps_.splice(apps_.end(), apps_, app);
  return kj::heap<Slot>(*this, app);
}

void LookupSlots::release(Apps::iterator app) {
  open_--;
  app->open--;
  auto chosen = next();
  if (chosen != apps_.end()) chosen->waiting.front()->enter();
  forgetIdle(app);
}

LookupSlots::Apps::iterator LookupSlots::next() {
  auto chosen = apps_.end();
  if (waiting_ == 0 || open_ >= bounds_.open) return chosen;
  for (auto app = apps_.begin(); app != apps_.end(); ++app) {
    if (app->waiting.empty() || app->open >= bounds_.openOfApp) continue;
    if (chosen == apps_.end() || app->open < chosen->open) chosen = app;
  }
  return chosen;
}

}  // namespace nano

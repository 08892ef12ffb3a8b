#pragma once

#include <cstddef>
#include <memory>
#include <unordered_set>
#include <utility>

#include <kj/function.h>
#include <kj/memory.h>

namespace nano {

// The sockets of one app in one worker that are open or being opened: how many there are, and their
// common end. One thread.
class AppSockets final {
 public:
  // One of them. May outlive the set, and is closed by then.
  class Place final {
   public:
    // `held` goes with it.
    explicit Place(AppSockets& sockets, kj::Own<void> held = {})
        : all_(sockets.all_),
          held_(kj::mv(held)) {
      all_->insert(this);
    }
    ~Place() noexcept(false) {
      if (all_ != nullptr) all_->erase(this);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // What is to be done when the app is gone; must not destroy a place.
    void onClose(kj::Function<void()> close) { close_ = kj::mv(close); }
    bool isClosed() const { return all_ == nullptr; }

   private:
    friend class AppSockets;
    std::shared_ptr<std::unordered_set<Place*>> all_;
    kj::Own<void> held_;
    kj::Function<void()> close_ = []() {};
  };

  AppSockets() = default;
  ~AppSockets() noexcept(false) { closeAll(); }
  AppSockets(const AppSockets&) = delete;
  AppSockets& operator=(const AppSockets&) = delete;

  size_t size() const { return all_->size(); }

  // Whatever is still held in the worker is broken from now on.
  void closeAll() {
    for (Place* place : *all_) {
      place->all_ = nullptr;
      place->close_();
    }
    all_->clear();
  }

 private:
  std::shared_ptr<std::unordered_set<Place*>> all_ = std::make_shared<std::unordered_set<Place*>>();
};

}  // namespace nano

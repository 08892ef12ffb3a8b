#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>
#include <variant>

#include <kj/async.h>
#include <kj/common.h>

namespace nano {

// How many lookups run at a time and how many more wait for their turn, of each app and of all
// together. Of those that wait the app goes first that has the fewest running, and among such the
// one whose last turn is the longest ago; within an app it is first come, first served. So an app
// that asks for much waits for itself. One thread; outlives its slots and the promises for them.
class LookupSlots final {
 public:
  struct Bounds {
    size_t open;
    size_t waiting;
    size_t openOfApp;
    size_t waitingOfApp;
  };
  explicit LookupSlots(Bounds bounds) : bounds_(bounds) {}
  KJ_DISALLOW_COPY(LookupSlots);

 private:
  struct App;
  using Apps = std::list<App>;

 public:
  // Held while a lookup runs.
  class Slot final {
   public:
    Slot(LookupSlots& slots, Apps::iterator app) : slots_(slots), app_(app) {}
    ~Slot() noexcept(false) { slots_.release(app_); }
    KJ_DISALLOW_COPY(Slot);

   private:
    LookupSlots& slots_;
    Apps::iterator app_;
  };
  // Too many wait: of the app, or of all apps together.
  enum class Refusal { kApp, kAll };
  using Turn = std::variant<kj::Own<Slot>, Refusal>;

  // Dropping the promise leaves the queue. Where the queue of all is full, an app with more in it
  // than this one has loses its last.
  kj::Promise<Turn> take(const std::string& app);

  size_t open() const { return open_; }
  size_t waiting() const { return waiting_; }
  // Those that have anything running or waiting.
  size_t apps() const { return apps_.size(); }

 private:
  class Waiter;
  struct App {
    std::string name;
    size_t open = 0;
    std::list<Waiter*> waiting{};
  };

  Apps::iterator find(const std::string& app);
  void forgetIdle(Apps::iterator app);
  bool makeRoomFor(const App& newcomer);
  kj::Own<Slot> makeSlot(Apps::iterator app);
  void release(Apps::iterator app);
  Apps::iterator next();

  const Bounds bounds_;
  size_t open_ = 0;
  size_t waiting_ = 0;
  Apps apps_;  // Whose last turn, or coming, is the longest ago comes first.
  std::unordered_map<std::string, Apps::iterator> byName_;
};

}  // namespace nano

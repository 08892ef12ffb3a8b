#pragma once

#include <functional>
#include <map>
#include <string>

#include "tests/harness/nanod.h"

namespace nano::test {

// Polls until `holds` is true; false when that takes longer than anything here may.
bool eventually(const std::function<bool()>& holds);

// While it lives, programs are started with this file, appended to, as their stderr.
class StderrTo final {
 public:
  explicit StderrTo(const std::string& path);
  ~StderrTo();
  StderrTo(const StderrTo&) = delete;
  StderrTo& operator=(const StderrTo&) = delete;

 private:
  kj::AutoCloseFd saved_;
};

// What a process is using, from /proc.
struct ProcessUse {
  size_t rssBytes = 0;
  size_t descriptors = 0;
  size_t zombies = 0;  // Among its children.
  size_t children = 0;
};
ProcessUse useOf(pid_t pid);

// A nanod all of whose workers are the evil build, with a calm neighbour in a worker of its own.
class WorkerWorld final {
 public:
  // `startAct` is what its first worker is started for. Without one nanod serves when this returns.
  explicit WorkerWorld(std::vector<std::string> flags = {});

  Nanod& nanod() { return *nanod_; }
  static std::string hostOf(const std::string& act) { return act + ".evil.example.test"; }

  // Deploys an app of its own tenant that plays `act`.
  ProgramResult tryDeploy(const std::string& act);
  // The same; it is accepted, answers "/fine", and the state it leaves nanod in is the baseline.
  void deploy(const std::string& act);
  // The worker of that app, 0 where there is none. After two crashes it has one of its own.
  pid_t workerOf(const std::string& act) const;
  HttpResponse get(const std::string& act, const std::string& path = "/act") const {
    return nanod_->get(hostOf(act), path);
  }

  // Plays the act. A POST: a GET whose worker dies is tried once more, in a second worker.
  HttpResponse play(const std::string& act) const;

  // What every worker does that starts from now on (evil_start.h); empty: nothing.
  void setStartAct(const std::string& act) const;

  // What nanod has logged so far, and from a mark on.
  std::string log() const;
  size_t mark() const { return log().size(); }
  bool waitForLog(const std::string& text, size_t from = 0) const;

  // The invariants of the hostile cases: the same nanod, a neighbour that gets its own answers,
  // the app of `act` served again, memory, descriptors and children as they were.
  void expectUnharmed(const std::string& act);
  void expectNeighbourIsServed(int requests);
  // Ends the app's worker, so that later tests begin with as many as this did.
  void retire(const std::string& act);

 private:
  static std::string tenantOf(const std::string& act) { return "evil-" + act; }
  void expectNoLoss(const ProcessUse& before);

  TestDirectory directory_;
  std::unique_ptr<Nanod> nanod_;
  pid_t pid_ = 0;
  ProcessUse baseline_;
  unsigned nonce_ = 0;
};

// Makes the directory of evil worker files below `directory`, and names it.
std::string makeEvilLibDirectory(const TestDirectory& directory);
void writeStartAct(const std::string& libDirectory, const std::string& act);

// Whether this is a refusal of nanod's own: a 5xx that names an outcome and nothing of ours, or a
// response that visibly broke off.
void expectOursOrBrokenOff(const HttpResponse& response);

}  // namespace nano::test

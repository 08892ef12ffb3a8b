#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/harness/http_client.h"
#include "tests/harness/program.h"

namespace nano::test {

// A nanod of the build under test, on a free loopback port, with a state directory of its own.
class Nanod final {
 public:
  struct Options {
    std::vector<std::string> flags{};
    // Where its log goes; empty: to the test's stderr.
    std::string logPath{};
    // A file system of that size, in bytes, for its state alone; 0: the machine's.
    size_t stateBytes = 0;
    // A file that it sees as /proc/meminfo; empty: the machine's.
    std::string machineMemory{};
  };

  Nanod() : Nanod(Options{}) {}
  explicit Nanod(const Options& options);

  uint16_t port() const { return port_; }
  pid_t pid() const { return program_->pid(); }
  const std::string& admin() const { return admin_; }
  const std::string& state() const { return state_; }
  bool isRunning() { return program_->isRunning(); }

  // Ends it (SIGTERM, SIGKILL ...) and waits; start() begins again on the same state.
  int stop(int signal);
  void start();

  // nanoctl with --admin.
  ProgramResult nanoctl(std::vector<std::string> arguments) const;
  // Deploys files as an app and expects it to succeed. `more` are further flags of nanoctl deploy.
  void deploy(const std::string& name, const std::map<std::string, std::string>& files,
              std::vector<std::string> more = {});
  ProgramResult tryDeploy(const std::string& name, const std::map<std::string, std::string>& files,
                          std::vector<std::string> more = {});
  // What `nanoctl status --json` says.
  nlohmann::json status() const;
  // The worker of a cordon, 0 where there is none.
  pid_t workerOf(const std::string& cordon) const;

  HttpResponse get(const std::string& host, const std::string& path = "/") const {
    return nano::test::get(port_, host, path);
  }

 private:
  Options options_;
  TestDirectory directory_;
  std::string admin_;
  std::string state_;
  uint16_t port_ = 0;
  std::unique_ptr<RunningProgram> program_;
};

// An app that answers every request with this text.
std::string appThatSays(const std::string& text);

}  // namespace nano::test

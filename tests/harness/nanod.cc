#include "tests/harness/nanod.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include <gtest/gtest.h>
#include <kj/debug.h>

namespace nano::test {

Nanod::Nanod(const Options& options)
    : options_(options),
      admin_(directory_.path() + "/run/admin.sock"),
      state_(directory_.path() + "/state") {
  for (auto& name : {"/run", "/state"}) {
    std::string path = directory_.path() + name;
    KJ_SYSCALL(mkdir(path.c_str(), 0700));
    // nanod refuses to run as root, so it runs as nobody where the tests run as root.
    if (geteuid() == 0) {
      KJ_SYSCALL(chown(path.c_str(), 65534, 65534));
    }
  }
  start();
}

void Nanod::start() {
  std::vector<std::string> flags = {"--http=127.0.0.1:" + std::to_string(port_),
                                    "--admin=" + admin_, "--state=" + state_,
                                    "--lib-dir=" NANO_LIB_DIR,
                                    // For machines without; memory_test sees that it is used.
                                    "--allow-weaker-sandbox=cgroup"};
  if (geteuid() == 0) flags.push_back("--user=nobody");
  flags.insert(flags.end(), options_.flags.begin(), options_.flags.end());
  std::string program = programPath("nanod");
  if (options_.stateBytes > 0) {
    flags.insert(flags.begin(), {"size=" + std::to_string(options_.stateBytes), state_, program});
    program = programPath("nano_with_mount");
  }
  if (!options_.machineMemory.empty()) {
    flags.insert(flags.begin(), {"bind=" + options_.machineMemory, "/proc/meminfo", program});
    program = programPath("nano_with_mount");
  }
  program_ = std::make_unique<RunningProgram>(program, flags, options_.logPath);
  // "nanod: serving http://127.0.0.1:PORT"
  std::string line = program_->readLine();
  size_t colon = line.rfind(':');
  KJ_ASSERT(line.find("serving") != std::string::npos && colon != std::string::npos,
            "nanod did not start", line.c_str());
  port_ = static_cast<uint16_t>(std::atoi(line.c_str() + colon + 1));
}

int Nanod::stop(int signal) {
  program_->signal(signal);
  return program_->wait();
}

ProgramResult Nanod::nanoctl(std::vector<std::string> arguments) const {
  arguments.push_back("--admin=" + admin_);
  return runProgram("nanoctl", arguments);
}

ProgramResult Nanod::tryDeploy(const std::string& name,
                               const std::map<std::string, std::string>& files,
                               std::vector<std::string> more) {
  TestDirectory app;
  for (auto& [file, content] : files)
    app.write(file, content);
  std::vector<std::string> arguments = {"deploy", app.path(), "--name=" + name};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return nanoctl(arguments);
}

void Nanod::deploy(const std::string& name, const std::map<std::string, std::string>& files,
                   std::vector<std::string> more) {
  auto result = tryDeploy(name, files, std::move(more));
  ASSERT_EQ(result.exitCode, 0) << result.err << result.out;
}

nlohmann::json Nanod::status() const {
  auto result = nanoctl({"status", "--json"});
  return nlohmann::json::parse(result.out, nullptr, false);
}

pid_t Nanod::workerOf(const std::string& cordon) const {
  auto all = status();
  if (!all.is_object()) return 0;
  for (auto& worker : all.value("workers", nlohmann::json::array())) {
    if (worker.value("leaving", false)) continue;
    if (worker.value("cordon", "") == cordon) return worker.value("pid", 0);
  }
  return 0;
}

std::string appThatSays(const std::string& text) {
  return "export default { fetch() { return new Response(" + nlohmann::json(text).dump() +
         "); } };";
}

}  // namespace nano::test

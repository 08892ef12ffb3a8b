#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <kj/io.h>

#include "nanoctl/command_line.h"
#include "nanoctl/commands.h"
#include "nanoctl/deploy.h"
#include "nanoctl/file_watch.h"
#include "nanoctl/files.h"
#include "nanoctl/program_files.h"

namespace nano {

namespace {

// Starts a program that ends when we do.
pid_t startChild(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (auto& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t parent = getpid();
  pid_t child = fork();
  if (child != 0) return child;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(1);
  execv(argv[0], argv.data());
  fprintf(stderr, "nanoctl: %s: %s\n", argv[0], strerror(errno));
  _exit(127);
}

std::string userOf(const Arguments& arguments) {
  return arguments.get("user", geteuid() == 0 ? "nobody" : "");
}

std::string adminSocketIn(const std::string& directory) { return directory + "/run/admin.sock"; }

// nanod with all that it has in `directory`.
std::vector<std::string> nanodCommand(const Arguments& arguments, const std::string& address,
                                      const std::string& directory, const std::string& policy) {
  std::vector<std::string> command = {programDirectory() + "/nanod", "--http=" + address,
                                      "--admin=" + adminSocketIn(directory),
                                      "--state=" + directory + "/state", "--policy=" + policy,
                                      // A developer's machine may have no cgroups to give.
                                      "--allow-weaker-sandbox=cgroup", "--minloglevel=1"};
  std::string user = userOf(arguments);
  if (!user.empty()) command.push_back("--user=" + user);
  if (arguments.has("test-scheduled")) command.push_back("--test-scheduled");
  return command;
}

// Folders for nanod's socket and state. It does not run as root: started by root it becomes `user`,
// and the folders are that user's, who passes through `directory` to get there.
Result<Done> makeFolders(const std::string& directory, const std::string& user) {
  const passwd* account = user.empty() ? nullptr : getpwnam(user.c_str());
  if (account == nullptr && !user.empty()) {
    return Failure{"--user: there is no account '" + user + "'"};
  }
  bool made = account == nullptr || chmod(directory.c_str(), 0711) == 0;
  for (const char* name : {"/run", "/state"}) {
    std::string path = directory + name;
    made = made && mkdir(path.c_str(), 0700) == 0 &&
           (account == nullptr || chown(path.c_str(), account->pw_uid, account->pw_gid) == 0);
  }
  if (!made) return Failure{directory + ": " + strerror(errno)};
  return Done{};
}

// One's own app on one's own machine may have what it asks for. nanod reads the file as `user`.
Result<std::string> writePolicy(const std::string& directory) {
  std::string path = directory + "/policy.jsonc";
  kj::AutoCloseFd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  constexpr std::string_view kPolicy = "{\"tenant_defaults\": {\"codegen\": true}}\n";
  if (file.get() < 0 || write(file, kPolicy.data(), kPolicy.size()) != ssize_t{kPolicy.size()}) {
    return Failure{path + ": " + strerror(errno)};
  }
  return path;
}

bool hasEnded(pid_t child) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid != 0;
}

// nanod says that it is ready by answering; until then, or until it ends, we ask again.
Result<Done> awaitNanod(AdminClient& client, pid_t nanod) {
  for (;;) {
    auto status = client.get("/nano/v1/status");
    if (status.ok()) return Done{};
    if (hasEnded(nanod)) return Failure{"nanod did not start; what it said is above"};
    usleep(20'000);
  }
}

struct DevApp {
  DeployOptions options;
  std::string devVars{};  // What was told of its variables,
  std::string version{};  // and of it.
  pid_t logs = 0;
};

// One run of `dev`, from the first deploy to the last.
struct Session {
  AdminClient client;
  std::string admin;
  std::string port;
  std::vector<DevApp> apps;  // The first answers every host.
};

void tellOf(const Deployed& now, DevApp& app, const std::string& url) {
  if (now.devVars != app.devVars) {
    app.devVars = now.devVars;
    printf("using vars from %s\n", now.devVars.empty() ? "no file any more" : now.devVars.c_str());
  }
  if (now.version == app.version) return;
  app.version = now.version;
  for (auto& note : now.notes)
    fprintf(stderr, "note: %s\n", note.c_str());
  printf("%s is live at %s (version %s)\n", now.name.c_str(), url.c_str(),
         now.version.substr(0, 12).c_str());
  fflush(stdout);
}

void deployAndTell(Session& session, DevApp& app) {
  auto deployed = deployFolder(session.client, app.options);
  if (!deployed.ok()) {
    fprintf(stderr, "nano dev: %s\n", deployed.failure().message.c_str());
    fprintf(stderr,
            "nano dev: the version before stays, if there is one; save a file to try again\n");
    return;
  }
  const std::string& name = deployed.value().name;
  const std::string host = &app == session.apps.data() ? "127.0.0.1" : name + ".localhost";
  tellOf(deployed.value(), app, "http://" + host + ":" + session.port + "/");
  // Another name in the configuration would be a second app, with the same routes.
  app.options.name = name;
  // An app that was never deployed has no log to follow.
  if (app.logs == 0) {
    app.logs = startChild({programDirectory() + "/nanoctl", "logs", name, "--follow", "--tail=0",
                           "--admin=" + session.admin});
  }
}

// The last first: whom a binding leads to has to be there.
void deployAll(Session& session) {
  std::vector<std::string> names;
  for (auto app = session.apps.rbegin(); app != session.apps.rend(); ++app) {
    app->options.beside = names;
    deployAndTell(session, *app);
    if (!app->options.name.empty()) names.push_back(app->options.name);
  }
}

// Waits for a change, a signal that asks us to stop, or nanod's end. True: something changed.
bool awaitChange(FileWatch& watch, int signalFd, pid_t nanod) {
  for (;;) {
    pollfd fds[] = {{watch.fd(), POLLIN, 0}, {signalFd, POLLIN, 0}};
    if (poll(fds, 2, -1) < 0 && errno != EINTR) return false;
    if (fds[1].revents != 0) {
      signalfd_siginfo signal{};
      // The bundler is a child as well: of SIGCHLD only nanod's counts.
      if (read(signalFd, &signal, sizeof signal) != sizeof signal) return false;
      if (signal.ssi_signo != SIGCHLD || hasEnded(nanod)) return false;
    }
    if (fds[0].revents != 0 && watch.takeChanges()) return true;
  }
}

int stopChildren(const Session& session, pid_t nanod) {
  int status = 0;
  for (const DevApp& app : session.apps) {
    if (app.logs > 0) kill(app.logs, SIGTERM);
  }
  kill(nanod, SIGTERM);
  for (const DevApp& app : session.apps) {
    if (app.logs > 0) waitpid(app.logs, &status, 0);
  }
  waitpid(nanod, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// Serves until a signal asks us to stop. Returns the exit code.
int serve(Session& session, FileWatch& watch, int signalFd, std::vector<std::string> nanodWords) {
  pid_t nanod = startChild(std::move(nanodWords));
  auto up = awaitNanod(session.client, nanod);
  if (!up.ok()) {
    stopChildren(session, nanod);
    return fail(up.failure());
  }
  do {
    deployAll(session);
  } while (awaitChange(watch, signalFd, nanod));
  return stopChildren(session, nanod);
}

// The signals that end us, read from a descriptor from now on.
kj::AutoCloseFd takeSignals() {
  sigset_t ends;
  sigemptyset(&ends);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD})
    sigaddset(&ends, signal);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  return kj::AutoCloseFd(signalfd(-1, &ends, SFD_CLOEXEC));
}

// The apps of these folders, of which the first gets what the command line says.
Result<std::vector<DevApp>> appsOf(const Arguments& arguments) {
  std::vector<std::string> folders = arguments.positional();
  if (folders.empty()) folders.emplace_back(".");
  std::vector<DevApp> apps;
  for (const std::string& folder : folders) {
    auto there = checkFolder(folder);
    if (!there.ok()) return there.failure();
    DevApp app;
    app.options.folder = folder;
    app.options.purpose = DeployOptions::Purpose::kDevelopment;
    apps.push_back(std::move(app));
  }
  apps[0].options.hosts = {"*/*"};
  apps[0].options.vars = arguments.all("var");
  return apps;
}

}  // namespace

int devCommand(std::span<const std::string> words) {
  constexpr size_t kMaxApps = 16;
  auto arguments = parseCommand(words,
                                {{"port"},
                                 {"var", FlagSpec::Takes::kValue, FlagSpec::Times::kMany},
                                 {"user"},
                                 {"test-scheduled", FlagSpec::Takes::kNothing}},
                                kMaxApps);
  if (!arguments) return 2;
  constexpr int kUsualPort = 8787;
  auto port = portOf(*arguments, kUsualPort);
  if (!port) return 2;
  const std::string address = "127.0.0.1:" + std::to_string(*port);
  auto apps = appsOf(*arguments);
  if (!apps.ok()) return fail(apps.failure());

  auto temporary = TemporaryDirectory::make();
  if (!temporary.ok()) return fail(temporary.failure());
  auto folders = makeFolders(temporary.value().path(), userOf(*arguments));
  if (!folders.ok()) return fail(folders.failure());
  auto policy = writePolicy(temporary.value().path());
  if (!policy.ok()) return fail(policy.failure());
  std::vector<std::string> command =
      nanodCommand(*arguments, address, temporary.value().path(), policy.value());

  kj::AutoCloseFd signals = takeSignals();
  auto watch = FileWatch::start(apps.value()[0].options.folder);
  if (!watch.ok()) return fail(watch.failure());
  for (const DevApp& app : std::span(apps.value()).subspan(1))
    watch.value()->watch(app.options.folder);
  if (arguments->has("test-scheduled")) {
    printf("scheduled() is called by http://%s/__scheduled?cron=*+*+*+*+*\n", address.c_str());
  }
  const std::string admin = adminSocketIn(temporary.value().path());
  Session session{AdminClient(admin), admin, std::to_string(*port), std::move(apps.value())};
  return serve(session, *watch.value(), signals, std::move(command));
}

}  // namespace nano

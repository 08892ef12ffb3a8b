// nanoctl: the command line of nano. Called as `nano` it is the same program.

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "nanoctl/commands.h"
#include "nanoctl/spelling.h"

namespace {

struct Command {
  std::string_view name;
  int (*run)(std::span<const std::string>);
};

constexpr Command kCommands[] = {
    {"deploy", nano::deployCommand}, {"list", nano::listCommand},
    {"delete", nano::deleteCommand}, {"status", nano::statusCommand},
    {"logs", nano::logsCommand},     {"limits", nano::limitsCommand},
    {"egress", nano::egressCommand}, {"metrics", nano::metricsCommand},
    {"dev", nano::devCommand},       {"eval", nano::evalCommand},
    {"doctor", nano::doctorCommand},
};

constexpr char kUsage[] =
    R"(usage: nanoctl COMMAND [ARGUMENTS] [--admin=PATH] [--tenant=NAME] [--json]

  deploy [DIR]     push an app's folder to the running nanod
      --name=N       the app's name (else the wrangler file's, else the folder's)
      --host=H       answer for this host as well; may be given often: shop.example.com,
                     *.example.com, example.com/api/*
      --port=P       answer on a port of the app's own
      --var=K=V      a variable in the app's `env`; may be given often
  list             the apps, their live versions and routes
  delete NAME      take an app away
  status           requests, worker processes, weakened sandbox layers
  logs NAME        what the app logged: --tail=LINES, --follow
  limits NAME      what the app may use, and who said so
  egress test NAME URL   whether the app may go there, and by which rule; exit code 0: it may,
                   1: it may not. https://HOST, tcp://HOST:PORT, tls://HOST:PORT
      --address=IP   an address that the host has; may be given often
  metrics          nanod's counters, as Prometheus reads them
  dev [DIR...]     run nanod here on port 8787 with this app and the variables of its .dev.vars or
                   .env; deploy again when a file changes. Further DIRs are apps that it is bound to
      --port=P       another port
      --var=K=V      as for deploy
      --test-scheduled   call scheduled() by /__scheduled?cron=*+*+*+*+*
      --user=U       who nanod becomes when root starts it (else nobody)
  doctor           each layer of the sandbox on this machine: works, missing, what to do
      --allow-weaker-sandbox=L   layers to go without, as for nanod
      --user=U       whom nanod would become when root starts it (else nobody)
  eval EXPR        evaluate JavaScript in an isolate of nano's; - reads a script from stdin

--admin is nanod's admin socket; else $NANO_ADMIN, else /run/nano/admin.sock.
--tenant is whose app it is; else $NANO_TENANT, else default.
In a flag's name _ is taken for -.
)";

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) {
    fputs(kUsage, stderr);
    return 2;
  }
  if (words[0] == "help") {
    fputs(kUsage, stdout);
    return 0;
  }
  // Of a command as well; but what eval is given may be anything.
  const auto end = std::find(words.begin(), words.end(), "--");
  bool asks =
      std::find(words.begin(), end, "--help") != end || std::find(words.begin(), end, "-h") != end;
  if (asks && words[0] != "eval") {
    fputs(kUsage, stdout);
    return 0;
  }
  // `nanoctl --admin=PATH deploy DIR` means the same as `nanoctl deploy DIR --admin=PATH`.
  size_t first = 0;
  while (first < words.size() && words[first].starts_with("--")) {
    first += words[first].find('=') == std::string::npos && words[first] != "--json" ? 2 : 1;
  }
  if (first >= words.size()) {
    fprintf(stderr, "nanoctl: there is no command; see nanoctl help\n");
    return 2;
  }
  std::string name = words[first];
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(first));
  for (auto& command : kCommands) {
    if (command.name == name) return command.run(words);
  }
  std::vector<std::string_view> known;
  for (auto& command : kCommands)
    known.push_back(command.name);
  // wrangler's word.
  const std::string meant(name == "tail" ? "logs NAME --follow" : nano::nearest(name, known));
  fprintf(stderr, "nanoctl: there is no command '%s'%s; see nanoctl help\n", name.c_str(),
          meant.empty() ? "" : (" (is '" + meant + "' meant?)").c_str());
  return 2;
}

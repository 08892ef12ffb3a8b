#include "nanoctl/commands.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "nanoctl/command_line.h"
#include "nanoctl/deploy.h"
#include "nanoctl/egress_table.h"
#include "nanoctl/limits_table.h"
#include "nanoctl/program_files.h"
#include "nanoctl/terminal_text.h"

namespace nano {

namespace {

using nlohmann::json;

bool isAddress(const std::string& text) {
  in6_addr parsed{};
  return inet_pton(AF_INET, text.c_str(), &parsed) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &parsed) == 1;
}

std::string clock(int64_t unixMillis) {
  time_t seconds = unixMillis / 1000;
  tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  size_t length = strftime(text, sizeof text, "%H:%M:%S", &parts);
  snprintf(text + length, sizeof text - length, ".%03d", static_cast<int>(unixMillis % 1000));
  return text;
}

bool printLogLine(std::string_view line, bool asJson) {
  json entry = asJson ? json() : json::parse(line, nullptr, false);
  if (asJson || !entry.is_object()) {
    printf("%.*s\n", static_cast<int>(line.size()), line.data());
  } else {
    printf("%s %-5s %s %s\n", clock(entry.value("time", int64_t{0})).c_str(),
           entry.value("level", "log").c_str(), entry.value("requestId", "-").c_str(),
           terminalText(entry.value("message", ""), "    ").c_str());
  }
  return fflush(stdout) == 0;
}

void printApp(const json& app) {
  std::string routes;
  for (auto& route : app.value("routes", json::array())) {
    routes += (routes.empty() ? "" : ", ") + route.get<std::string>();
  }
  if (int port = app.value("port", 0); port != 0) {
    routes += (routes.empty() ? "port " : ", port ") + std::to_string(port);
  }
  for (auto& cron : app.value("crons", json::array()))
    routes += ", cron " + terminalText(cron.get<std::string>(), {});
  printf("%-24s %-14s %s\n", app.value("name", "?").c_str(),
         app.value("version", "?").substr(0, 12).c_str(), routes.c_str());
}

// Without a name: of all the tenant's apps.
std::string scriptPath(const Arguments& arguments, const std::string& name) {
  return "/client/v4/accounts/" + pathSegment(tenantOf(arguments)) + "/workers/scripts" +
         (name.empty() ? "" : "/" + pathSegment(name));
}

// Below nano's own part of the API, of the app that is named.
std::string ownPath(const Arguments& arguments, const std::string& what) {
  return "/nano/v1/accounts/" + pathSegment(tenantOf(arguments)) + "/scripts/" +
         pathSegment(arguments.positional()[0]) + what;
}

}  // namespace

int deployCommand(std::span<const std::string> words) {
  using Takes = FlagSpec::Takes;
  using Times = FlagSpec::Times;
  auto arguments = parseCommand(words,
                                {{"name"},
                                 {"host", Takes::kValue, Times::kMany},
                                 {"port"},
                                 {"var", Takes::kValue, Times::kMany}},
                                1);
  if (!arguments) return 2;
  DeployOptions options;
  options.folder = arguments->positional().empty() ? "." : arguments->positional()[0];
  options.tenant = tenantOf(*arguments);
  options.name = arguments->get("name");
  options.hosts = arguments->all("host");
  options.vars = arguments->all("var");
  if (arguments->has("port")) {
    options.port = portOf(*arguments, 0);
    if (!options.port) return 2;
  }
  auto client = clientFor(*arguments);
  auto deployed = deployFolder(client, options);
  if (!deployed.ok()) return fail(deployed.failure());
  auto& app = deployed.value();
  for (auto& note : app.notes)
    fprintf(stderr, "note: %s\n", note.c_str());
  if (arguments->has("json")) {
    printf("%s\n",
           json({{"name", app.name}, {"version", app.version}, {"urls", app.urls}}).dump().c_str());
    return 0;
  }
  printf("Deployed %s, version %s (%zu module%s, %zu bytes%s)\n", app.name.c_str(),
         app.version.substr(0, 12).c_str(), app.modules, app.modules == 1 ? "" : "s", app.bytes,
         app.bundled ? ", bundled" : "");
  for (auto& url : app.urls)
    printf("  %s\n", url.c_str());
  return 0;
}

int listCommand(std::span<const std::string> words) {
  auto arguments = parseCommand(words, {}, 0);
  if (!arguments) return 2;
  auto apps = clientFor(*arguments).get(scriptPath(*arguments, ""));
  if (!apps.ok()) return fail(apps.failure());
  if (arguments->has("json")) {
    printf("%s\n", apps.value().dump(2).c_str());
    return 0;
  }
  if (apps.value().empty()) printf("No apps yet: nanoctl deploy DIR\n");
  for (auto& app : apps.value())
    printApp(app);
  return 0;
}

int deleteCommand(std::span<const std::string> words) {
  auto arguments = parseCommand(words, {}, 1);
  if (!arguments) return 2;
  if (arguments->positional().empty()) return misused("delete needs the name of an app");
  const std::string& name = arguments->positional()[0];
  auto gone = clientFor(*arguments).remove(scriptPath(*arguments, name));
  if (!gone.ok()) return fail(gone.failure());
  for (auto& note : gone.value().messages)
    fprintf(stderr, "note: %s\n", note.c_str());
  printf("Deleted %s\n", name.c_str());
  return 0;
}

int statusCommand(std::span<const std::string> words) {
  auto arguments = parseCommand(words, {}, 0);
  if (!arguments) return 2;
  auto status = clientFor(*arguments).get("/nano/v1/status");
  if (!status.ok()) return fail(status.failure());
  auto& result = status.value();
  if (arguments->has("json")) {
    printf("%s\n", result.dump(2).c_str());
    return 0;
  }
  printf("requests %lld, worker deaths %lld\n", result.value("requests", 0LL),
         result.value("workerDeaths", 0LL));
  for (auto& layer : result.value("weakenedLayers", json::array())) {
    printf("WARNING: the sandbox layer %s is left out\n", layer.get<std::string>().c_str());
  }
  for (auto& worker : result.value("workers", json::array())) {
    std::string cordon = worker.value("cordon", "");
    std::string apps;
    for (auto& app : worker.value("apps", json::array()))
      apps += " " + app.get<std::string>();
    printf("worker %-7d %-20s %5llu MB%s\n", worker.value("pid", 0),
           cordon.empty() ? "(spare)" : cordon.c_str(), worker.value("rssBytes", 0ULL) >> 20,
           apps.c_str());
  }
  return 0;
}

int logsCommand(std::span<const std::string> words) {
  auto arguments = parseCommand(
      words, {{"follow", FlagSpec::Takes::kNothing}, {"f", FlagSpec::Takes::kNothing}, {"tail"}},
      1);
  if (!arguments) return 2;
  if (arguments->positional().empty()) return misused("logs needs the name of an app");
  bool follow = arguments->has("follow") || arguments->has("f");
  std::string tail = arguments->get("tail", "100");
  if (tail.find_first_not_of("0123456789") != std::string::npos) {
    return misused("--tail must be a number of lines");
  }
  std::string path = ownPath(*arguments, "/logs?tail=") + tail + (follow ? "&follow=1" : "");
  bool asJson = arguments->has("json");
  auto end = clientFor(*arguments).lines(path, [asJson](std::string_view line) {
    return printLogLine(line, asJson);
  });
  return end.ok() ? 0 : fail(end.failure());
}

int limitsCommand(std::span<const std::string> words) {
  auto arguments = parseCommand(words, {}, 1);
  if (!arguments) return 2;
  if (arguments->positional().empty()) return misused("limits needs the name of an app");
  auto limits = clientFor(*arguments).get(ownPath(*arguments, "/limits"));
  if (!limits.ok()) return fail(limits.failure());
  std::string text = arguments->has("json") ? limits.value().dump(2) + "\n"
                                            : terminalText(limitsTable(limits.value()), {});
  fputs(text.c_str(), stdout);
  return 0;
}

int egressCommand(std::span<const std::string> words) {
  bool isTest = !words.empty() && words[0] == "test";
  if (!isTest) return misused("egress has one command: egress test APP URL");
  auto arguments = parseCommand(words.subspan(1),
                                {{"address", FlagSpec::Takes::kValue, FlagSpec::Times::kMany}}, 2);
  if (!arguments) return 2;
  if (arguments->positional().size() < 2) {
    return misused("egress test needs the name of an app and a URL");
  }
  std::string path =
      ownPath(*arguments, "/egress?url=") + pathSegment(arguments->positional()[1]) + "&address=";
  for (const std::string& address : arguments->all("address")) {
    if (!isAddress(address)) return misused("--address must be an IP address");
    path += pathSegment(address) + ",";
  }
  auto answer = clientFor(*arguments).get(path);
  if (!answer.ok()) return fail(answer.failure());
  const json& result = answer.value();
  if (result.contains("refused")) {
    return misused(terminalText(result.value("refused", ""), {}) +
                   ": write it as `new URL(...).href` does");
  }
  std::string text =
      arguments->has("json") ? result.dump(2) + "\n" : terminalText(egressTable(result), {});
  fputs(text.c_str(), stdout);
  return result.value("allowed", false) ? 0 : 1;
}

int metricsCommand(std::span<const std::string> words) {
  auto arguments = parseCommand(words, {}, 0);
  if (!arguments) return 2;
  auto end = clientFor(*arguments).lines("/metrics", [](std::string_view line) {
    return printf("%.*s\n", static_cast<int>(line.size()), line.data()) >= 0;
  });
  return end.ok() ? 0 : fail(end.failure());
}

int evalCommand(std::span<const std::string> words) {
  if (words.empty()) return misused("eval needs an expression, or - for a script on stdin");
  std::string program = programDirectory() + "/nano-eval";
  std::vector<char*> argv{program.data()};
  std::vector<std::string> copies(words.begin(), words.end());
  for (auto& word : copies)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  return fail(Failure{program + ": " + strerror(errno)});
}

}  // namespace nano

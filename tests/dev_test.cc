// `nanoctl dev`: what a developer sees of one app, and of one that it is bound to.

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "tests/harness/http_client.h"
#include "tests/harness/program.h"

namespace nano::test {
namespace {

// A port that nobody has at the moment.
uint16_t freePort() {
  kj::AutoCloseFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  KJ_SYSCALL(bind(fd, reinterpret_cast<sockaddr*>(&address), length));
  KJ_SYSCALL(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length));
  return ntohs(address.sin_port);
}

// The line that has `part`, and all before it; empty where dev ends without it.
std::string readTo(RunningProgram& dev, const std::string& part) {
  std::string lines;
  for (std::string line = dev.readLine(); !line.empty(); line = dev.readLine()) {
    lines += line + "\n";
    if (line.find(part) != std::string::npos) return lines;
  }
  ADD_FAILURE() << "no line has " << part << ":\n" << lines;
  return {};
}

TEST(DevTest, RunsAnAppWithItsVariablesAndTheOneItIsBoundTo) {
  TestDirectory apps;
  apps.write("back/index.js", "export default { fetch: () => new Response('from the back') };\n");
  apps.write("front/index.js",
             "export default { fetch: async (request, env) =>\n"
             "  new Response(env.WORD + ' ' + await (await env.BACK.fetch(request)).text()) };\n");
  apps.write(
      "front/wrangler.jsonc",
      R"({"vars": {"WORD": "config"}, "services": [{"binding": "BACK", "service": "back"}]})");
  apps.write("front/.dev.vars", "WORD='first'\n");
  const uint16_t port = freePort();
  RunningProgram dev(programPath("nanoctl"), {"dev", apps.path() + "/front", apps.path() + "/back",
                                              "--port=" + std::to_string(port)});
  const std::string start = readTo(dev, "front is live at");
  EXPECT_NE(start.find("back is live at http://back.localhost:"), std::string::npos) << start;
  EXPECT_NE(start.find("using vars from .dev.vars: WORD\n"), std::string::npos) << start;
  EXPECT_EQ(get(port, "any.test").body, "first from the back");

  // A change of the file, and one in the other folder.
  apps.write("front/.dev.vars", "WORD='second'\n");
  readTo(dev, "front is live at");
  EXPECT_EQ(get(port, "any.test").body, "second from the back");
  apps.write("back/index.js", "export default { fetch: () => new Response('changed') };\n");
  readTo(dev, "back is live at");
  EXPECT_EQ(get(port, "any.test").body, "second changed");
  dev.signal(SIGTERM);
  EXPECT_EQ(dev.wait(), 0);
}

}  // namespace
}  // namespace nano::test

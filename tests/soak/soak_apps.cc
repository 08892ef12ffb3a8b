#include "tests/soak/soak_apps.h"

#include <cstdio>

namespace nano::soak {

namespace {

constexpr std::string_view kSource = R"js(
const identity = (nonce) => `${APP} ${VERSION} ${nonce}`;
const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

function lines(nonce, count) {
  const encoder = new TextEncoder();
  let next = 0;
  return new ReadableStream({
    async pull(controller) {
      if (next % 8 === 7) await pause(1);
      controller.enqueue(encoder.encode(`${identity(nonce)} ${next++}\n`));
      if (next >= count) controller.close();
    },
  });
}

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const nonce = request.headers.get('x-nonce');
    const size = Number(url.searchParams.get('size'));
    const headers = { 'x-app': APP, 'x-version': String(VERSION), 'x-nonce': nonce };
    switch (url.pathname) {
      case '/plain':
        return new Response(`${identity(nonce)}\n`, { headers });
      case '/wait':
        await pause(size);
        return new Response(`${identity(nonce)}\n`, { headers });
      case '/echo':
        return new Response(`${identity(nonce)}\n` + (await request.text()), { headers });
      case '/pipe':
        return new Response(request.body, { headers });
      case '/stream':
        return new Response(lines(nonce, size), { headers });
      default:
        await harm(url.pathname);
        return new Response(`${identity(nonce)}\n`, { headers });
    }
  },
};
)js";

constexpr std::string_view kHarmless = "function harm() { throw new Error('no such path'); }\n";

constexpr std::string_view kHarmful = R"js(
const never = new Promise(() => {});
const recurse = (depth) => recurse(depth + 1) + 1;
const harmful = {
  '/spin'() { for (;;); },
  '/microtasks'() { const again = () => queueMicrotask(again); again(); return never; },
  '/stuck'() { new Array(2 ** 31).fill(0); },
  '/regexp'() { /^(a+)+$/.test('a'.repeat(60) + 'b'); },
  '/heap'() { const all = []; for (;;) all.push(new Array(100).fill({ a: all.length })); },
  '/buffers'() { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)); },
  '/fatal'() { 'a'.repeat(2 ** 28).split(''); },
  '/stack'() { recurse(0); },
  '/log'() { const line = 'x'.repeat(1000); for (let i = 0; i < 1e6; i++) console.log(line); },
  '/timers'() { for (let i = 0; i < 500; i++) setInterval(() => {}, 0); },
  '/hang'() { setTimeout(() => {}, 1e6); return never; },
};
function harm(path) {
  const act = harmful[path];
  if (!act) throw new Error('no such path');
  return act();
}
)js";

constexpr Harm kHarms[] = {
    {"endless loop", "/spin"},
    {"endless microtasks", "/microtasks"},
    {"loop inside V8", "/stuck"},
    {"endless regexp", "/regexp"},
    {"heap bomb", "/heap"},
    {"buffer bomb", "/buffers"},
    {"engine fatal", "/fatal"},
    {"stack overflow", "/stack"},
    {"log flood", "/log"},
    {"timers left", "/timers"},
    {"no answer", "/hang", Harm::Client::kLeave},
};

struct Named {
  const char* name;
  Role role;
};
constexpr Named kTenants[] = {{"calm1", Role::kCalm},       {"calm2", Role::kCalm},
                              {"struck1", Role::kStruck},   {"struck2", Role::kStruck},
                              {"hostile1", Role::kHostile}, {"hostile2", Role::kHostile}};

bool isHostile(const World& world, AppIndex app) {
  for (auto& tenant : world.tenants) {
    if (tenant.role == Role::kHostile && tenant.apps[0] == app) return true;
  }
  return false;
}

}  // namespace

World makeWorld() {
  World world;
  for (auto& [name, role] : kTenants) {
    Tenant tenant{name, role, {}};
    for (auto& part : {"one", "two"}) {
      tenant.apps.push_back(static_cast<AppIndex>(world.apps.size()));
      std::string app = std::string(name) + "-" + part;
      world.apps.push_back({app, app + ".soak.test", name});
    }
    world.tenants.push_back(tenant);
  }
  return world;
}

std::string appSource(const World& world, AppIndex app, uint32_t version, AppFlavour flavour) {
  std::string source = "const APP = '" + world.apps[app].name +
                       "';\nconst VERSION = " + std::to_string(version) + ";\n";
  if (flavour == AppFlavour::kThrowsAtStart) source += "throw new Error('no start');\n";
  if (flavour == AppFlavour::kSpinsAtStart) source += "for (;;);\n";
  source += isHostile(world, app) ? kHarmful : kHarmless;
  source += kSource;
  return source;
}

std::span<const Harm> harms() { return kHarms; }

std::string nonceText(uint64_t nonce) {
  char text[17];
  std::snprintf(text, sizeof text, "%016lx", static_cast<unsigned long>(nonce));
  return text;
}

std::string pathOf(const Asked& asked) {
  std::string size = "?size=" + std::to_string(asked.size);
  switch (asked.question) {
    case Question::kPlain:
      return "/plain";
    case Question::kWait:
      return "/wait" + size;
    case Question::kEcho:
      return "/echo";
    case Question::kPipe:
      return "/pipe";
    case Question::kStream:
      return "/stream" + size;
  }
  return "/";
}

std::string requestBody(const Asked& asked) {
  std::string body;
  if (asked.question != Question::kEcho && asked.question != Question::kPipe) return body;
  std::string nonce = nonceText(asked.nonce);
  for (int i = 0; body.size() < asked.size; i++)
    body += nonce + " " + std::to_string(i) + "\n";
  return body;
}

std::string expectedBody(const Asked& asked, const std::string& app, uint32_t version) {
  std::string identity = app + " " + std::to_string(version) + " " + nonceText(asked.nonce);
  switch (asked.question) {
    case Question::kPlain:
    case Question::kWait:
      return identity + "\n";
    case Question::kEcho:
      return identity + "\n" + requestBody(asked);
    case Question::kPipe:
      return requestBody(asked);
    case Question::kStream:
      break;
  }
  std::string lines;
  for (size_t i = 0; i < asked.size; i++)
    lines += identity + " " + std::to_string(i) + "\n";
  return lines;
}

}  // namespace nano::soak

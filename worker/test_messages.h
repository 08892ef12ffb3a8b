#pragma once

#include <string>

#include <capnp/message.h>

#include "worker/test_record.h"

// What a test's supervisor sends, as messages.
namespace nano {

inline void fill(rpc::AppVersion::Builder message, const TestVersion& version) {
  message.setTenant("tenant");
  message.setApp("app");
  message.setId("0123");
  message.setClock(version.clock);
  message.setCompatibilityDate(version.date);
  auto flags = message.initCompatibilityFlags(static_cast<uint32_t>(version.flags.size()));
  for (uint32_t i = 0; i < flags.size(); ++i)
    flags.set(i, version.flags[i]);
  message.setCodegen(version.codegen);
  message.setMainModule(version.modules.front().path);
  auto modules = message.initModules(static_cast<uint32_t>(version.modules.size()));
  for (uint32_t i = 0; i < modules.size(); ++i) {
    const TestModule& module = version.modules[i];
    modules[i].setPath(module.path);
    modules[i].setKind(module.kind);
    modules[i].setContent(kj::arrayPtr(reinterpret_cast<const kj::byte*>(module.content.data()),
                                       module.content.size()));
  }
  const auto variables = static_cast<uint32_t>(version.env.size());
  auto env = message.initEnv(variables + static_cast<uint32_t>(version.services.size()));
  for (uint32_t i = variables; i < env.size(); ++i) {
    env[i].setName(version.services[i - variables]);
    env[i].setService("other-app");
  }
  for (uint32_t i = 0; i < variables; ++i) {
    env[i].setName(version.env[i].first);
    const std::string& value = version.env[i].second;
    if (value.starts_with('{') || value.starts_with('[')) {
      env[i].setJson(value);
    } else {
      env[i].setText(value);
    }
  }
  auto limits = message.initLimits(AppLimits::kCount);
  for (const LimitRow& row : limitTable())
    limits.set(static_cast<uint32_t>(row.limit), version.limits.get(row.limit));
}

inline void fill(rpc::FetchCall::Builder message, uint32_t id, TestCall& call) {
  message.setId(id);
  message.setRequestId("request-" + std::to_string(id));
  message.setHops(call.hops);
  if (!call.cron.empty()) {
    auto event = message.initScheduled();
    event.setCron(call.cron);
    event.setUnixMillis(call.scheduledMillis);
    return;
  }
  if (!call.entrypoint.empty()) message.setEntrypoint(call.entrypoint);
  if (!call.props.empty()) message.setProps(call.props);
  if (!call.rpcMethod.empty()) message.setMethod(call.rpcMethod);
  auto request = message.initRequest();
  request.setMethod(call.method);
  request.setUrl(call.url);
  auto headers = request.initHeaders(static_cast<uint32_t>(call.headers.size()));
  for (uint32_t i = 0; i < headers.size(); ++i) {
    headers[i].setName(call.headers[i].first);
    headers[i].setValue(call.headers[i].second);
  }
  if (call.stream != nullptr) {
    request.initBody().setStream(*call.stream);
  } else if (!call.body.empty()) {
    request.initBody().setBytes(
        kj::arrayPtr(reinterpret_cast<const kj::byte*>(call.body.data()), call.body.size()));
  }
}

}  // namespace nano
